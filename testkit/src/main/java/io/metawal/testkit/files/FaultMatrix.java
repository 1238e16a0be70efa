package io.metawal.testkit.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Restores once for every fault of every temporary file that the restore reads: a changed file must end in exit 6 with nothing visible,
 * a read that gives few bytes must change nothing.
 */
public final class FaultMatrix {

    private final Path directory;
    private final int flips;
    private final int filesMax;
    private int runs;

    /** One restore into a fresh target. */
    public interface Attempt extends AutoCloseable {
        /** @param scratch for every temporary file */
        void restore(Path scratch) throws Exception;

        /** Fails unless the target shows the image. */
        void assertRestored() throws Exception;

        /** Fails where anything of the restore counts at the target. */
        void assertNothingVisible() throws Exception;

        @Override
        default void close() {}
    }

    /**
     * @param directory an empty one
     * @param flips how many places of each file have a bit flipped, spread over its length
     * @param filesMax of how many files, spread over all of them
     */
    public FaultMatrix(Path directory, int flips, int filesMax) {
        this.directory = directory;
        this.flips = flips;
        this.filesMax = filesMax;
    }

    /** Runs all of it; returns the names of the files that were reached. */
    public List<String> run(Supplier<Attempt> attempts) throws Exception {
        List<String> files = run(attempts, null);
        assertThat(files).as("temporary files that are read back").isNotEmpty();
        int step = Math.max(1, (files.size() - 1) / Math.max(1, filesMax - 1));
        for (int file = 0; file < files.size(); file += step) {
            for (int n = 0; n < flips; n++) {
                run(attempts, new FileFault(file, FileFault.Kind.FLIP, (double) n / flips));
            }
            run(attempts, new FileFault(file, FileFault.Kind.FLIP, 0.999999));
            for (double where : new double[] {0, 0.5, 0.999999}) {
                run(attempts, new FileFault(file, FileFault.Kind.TRUNCATE, where));
            }
            run(attempts, new FileFault(file, FileFault.Kind.SWAP, 0));
            run(attempts, new FileFault(file, FileFault.Kind.SHORT_READ, 0));
        }
        return files;
    }

    private List<String> run(Supplier<Attempt> attempts, @Nullable FileFault fault) throws Exception {
        Path real = Files.createDirectory(directory.resolve("run-" + runs++));
        FaultyFiles faulty = FaultyFiles.over(real, fault);
        boolean damages = fault != null && fault.damages();
        try (Attempt attempt = attempts.get()) {
            MetawalException failure = restore(attempt, faulty);
            String what = fault + " of " + faulty.filesRead();
            if (fault != null) {
                assertThat(faulty.struck()).as(what).isTrue();
            }
            if (damages) {
                assertThat(failure).as(what).isNotNull();
                assertThat(Objects.requireNonNull(failure).code())
                        .as(what + ": " + failure)
                        .isEqualTo(ExitCode.MISMATCH);
                attempt.assertNothingVisible();
            } else {
                assertThat(failure).as(what).isNull();
                attempt.assertRestored();
            }
        }
        remove(real);
        return faulty.filesRead();
    }

    private static @Nullable MetawalException restore(Attempt attempt, FaultyFiles faulty) throws Exception {
        try {
            attempt.restore(faulty.directory());
            return null;
        } catch (MetawalException e) {
            return e;
        }
    }

    /** The names in a folder. */
    public static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
