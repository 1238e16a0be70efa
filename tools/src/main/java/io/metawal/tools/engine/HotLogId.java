package io.metawal.tools.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.SealedJson;
import io.metawal.storage.repository.Term;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * {@code <wal>/log-id.json}: the identity of a hot log, which the terms of its writers name. A writer opens the log of the one before
 * it, and archives what that one had acknowledged. So acknowledged commits may be missing in the repository only where the last term
 * of a hot log did not end in good order. The identity is not the path: the same directory may be mounted elsewhere.
 *
 * @param id random
 */
public record HotLogId(@JsonProperty("id") String id) {
    private static final ObjectKey KEY = new ObjectKey("log-id.json");

    /** Of a hot log on Kafka, which all machines share. A topic that is made anew is another log, whatever its name. */
    static String of(KafkaWal kafka, String topicId) {
        return Term.KAFKA_LOG + kafka.url().topic() + " " + topicId;
    }

    /**
     * The identity of the hot log in a directory.
     *
     * @param directory of the writer, with the log in {@code log}
     * @return empty where there is no log, or none that says who it is
     */
    public static String read(Path directory) {
        Path file = directory.resolve(KEY.value());
        try {
            return Files.isDirectory(directory.resolve("log"))
                    ? SealedJson.read(KEY, Files.readAllBytes(file), HotLogId.class)
                            .id()
                    : "";
        } catch (NoSuchFileException | CorruptException e) {
            return "";
        } catch (IOException e) {
            throw LocalFaults.of("cannot read " + file, e);
        }
    }

    /** The same; a log that is not there yet, or that was lost, gets a new one. */
    static String readOrMake(Path directory) {
        String known = read(directory);
        if (!known.isEmpty()) {
            return known;
        }
        HotLogId made = new HotLogId(UUID.randomUUID().toString());
        made.write(directory);
        return made.id();
    }

    private void write(Path directory) {
        Path file = directory.resolve(KEY.value());
        try {
            Files.createDirectories(directory);
            DurableFile.write(file, SealedJson.write(KEY, this));
        } catch (IOException e) {
            throw LocalFaults.of("cannot write " + file, e);
        }
    }

    /** What is begun in a directory is not the log that was there. Durable on return. */
    static void forget(Path directory) {
        Path file = directory.resolve(KEY.value());
        try {
            if (Files.deleteIfExists(file)) {
                DurableFile.forceDirectory(directory);
            }
        } catch (IOException e) {
            throw LocalFaults.of("cannot delete " + file, e);
        }
    }

    /**
     * A log that was copied goes on as its copy. The one that was left gets another identity when it is written again: of two that go on
     * apart, neither has what the other acknowledged.
     */
    static void move(Path from, Path to) {
        String id = read(from);
        if (!id.isEmpty()) {
            forget(from);
            new HotLogId(id).write(to);
        }
    }
}
