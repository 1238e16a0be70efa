package io.metawal.connectors.sql.row;

/** The value of a JSON column: the very text. */
public record JsonText(String text) {}
