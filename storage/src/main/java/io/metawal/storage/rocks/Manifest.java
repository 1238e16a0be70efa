package io.metawal.storage.rocks;

import io.metawal.metadata.fault.CorruptException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** RocksDB's own list of its files, as it lies on the disk. It only grows while it is in use. */
final class Manifest {
    static final String CURRENT = "CURRENT";
    private static final String PREFIX = "MANIFEST-";

    private final long number;
    private final byte[] bytes;

    private Manifest(long number, byte[] bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    static Manifest read(Path directory) throws IOException {
        while (true) {
            long number = current(directory);
            try {
                return new Manifest(number, Files.readAllBytes(file(directory, number)));
            } catch (NoSuchFileException e) {
                // RocksDB may begin a new list at any time; but the one that counts is there.
                if (number == current(directory)) {
                    throw e;
                }
            }
        }
    }

    void check(Path directory) {
        int damage = ManifestRecords.firstDamage(bytes);
        if (damage >= 0) {
            throw new CorruptException(
                    "image " + file(directory, number) + " is damaged at byte " + damage + ": " + RocksFaults.REBUILD);
        }
    }

    ManifestSeal seal() {
        return new ManifestSeal(number, bytes.length, crc(bytes.length));
    }

    /** Whether what was sealed is in this list; a newer list began as a copy of the sealed one. */
    boolean holds(ManifestSeal seal) {
        return number == seal.number()
                ? bytes.length >= seal.length() && crc((int) seal.length()) == seal.crc()
                : number > seal.number();
    }

    static Path file(Path directory, long number) {
        return directory.resolve(String.format("%s%06d", PREFIX, number));
    }

    private static long current(Path directory) throws IOException {
        String name = Files.readString(directory.resolve(CURRENT), StandardCharsets.ISO_8859_1)
                .strip();
        if (!name.matches(PREFIX + "\\d{1,18}")) {
            throw new FileNotFoundException(CURRENT + " names no list of files");
        }
        return Long.parseLong(name.substring(PREFIX.length()));
    }

    private int crc(int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
