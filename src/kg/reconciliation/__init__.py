"""Asking services elsewhere for what an entity may be; the only module with an outgoing connection.

transport  one request at a time, politely, with a limit to everything an answer may be
service    the W3C Reconciliation Service API on top of it, with what was answered kept on disk
profiles   what is known of some services: classes, properties, IRIs
"""
