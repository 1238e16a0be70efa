package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The system identifier in the files of a PostgreSQL that is stopped: in {@code global/pg_control}, whose last field is a CRC32C of
 * all before it, and in the first page of every file of the log. A copy of a server's data gets another one here.
 *
 * <pre>
 * pg_control   0  identifier (u64, as the machine orders bytes) ... CRC32C (u32), zeros
 * pg_wal/*     0  page header (24 bytes)   24  identifier (u64)
 * </pre>
 */
final class PostgresIdentity {
    private static final int IN_LOG = 24;
    private static final int CONTROL_BYTES_MIN = 128;

    private PostgresIdentity() {}

    static void renew(Path data) {
        try {
            long identifier = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
            Path control = data.resolve("global").resolve("pg_control");
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(control)).order(ByteOrder.nativeOrder());
            int end = checksumAt(bytes);
            bytes.putLong(0, identifier);
            bytes.putInt(end, checksum(bytes, end));
            overwrite(control, bytes.array());
            try (Stream<Path> files = Files.list(data.resolve("pg_wal")).filter(Files::isRegularFile)) {
                for (Path file : files.toList()) {
                    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
                    log.putLong(IN_LOG, identifier);
                    overwrite(file, log.array());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In its place: owner and mode stay. */
    private static void overwrite(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    /** Each version's struct has another length. */
    private static int checksumAt(ByteBuffer bytes) {
        for (int end = CONTROL_BYTES_MIN; end + Integer.BYTES <= bytes.capacity(); end += Integer.BYTES) {
            if (bytes.getInt(end) == checksum(bytes, end)) {
                return end;
            }
        }
        throw new IllegalStateException("pg_control has no checksum where one is expected");
    }

    private static int checksum(ByteBuffer bytes, int end) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, end);
        return (int) checksum.getValue();
    }
}
