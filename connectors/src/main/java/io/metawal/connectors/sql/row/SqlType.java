package io.metawal.connectors.sql.row;

/**
 * What a column holds, whichever database it is in, and how its values stand in a {@link SqlRow}. NULL is null in every one of them.
 */
public enum SqlType {
    /** {@code Boolean}. MySQL's {@code tinyint(1)} and a column that SQLite declares {@code boolean} too. */
    BOOL,
    /** {@code Long}: whole numbers of up to 64 bits, with a sign. */
    INTEGER,
    /** {@code String}: MySQL's {@code bigint unsigned}, and decimals, in digits, with the scale that the database gives. */
    DECIMAL,
    /** {@code Double}; {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"} as text. A {@code real} is widened. */
    FLOAT,
    /** {@code String}. */
    TEXT,
    /** {@code ByteString}. */
    BYTES,
    /** {@code JsonText}: exactly the text that the database gives. */
    JSON,
    /** {@code String}: 36 lower-case characters. */
    UUID,
    /** {@code String}: {@code 2024-05-01}. */
    DATE,
    /** {@code String}: {@code 12:00:00}, with as many as six digits of a fraction, none of them a trailing zero. */
    TIME,
    /** {@code String}: {@code 2024-05-01 12:00:00.123456}, the fraction as of a time, without a zone. */
    TIMESTAMP,
    /** {@code String}: as a timestamp, in UTC, with {@code Z} at its end. */
    TIMESTAMP_ZONED,
    /** {@code String}: what the database prints; for types that have no better place, as long as it reads back what it prints. */
    PRINTED
}
