package io.metawal.testkit.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that end with this JVM, also where it is killed: Linux kills them as soon as the thread that started them ends,
 * which is one that lives as long as this JVM. Where there is no {@code setpriv} that can ask for that, they are started as they are.
 */
final class ProcessStarter {
    private static final String PROGRAM = "setpriv";
    private static final List<String> OPTIONS = List.of("--pdeathsig", "KILL");
    private static final List<String> PREFIX = prefix();
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "process-starter");
        thread.setDaemon(true);
        return thread;
    });

    private ProcessStarter() {}

    static boolean endsWithThisJvm() {
        return !PREFIX.isEmpty();
    }

    private static List<String> prefix() {
        List<String> line = new ArrayList<>(OPTIONS);
        line.addAll(List.of("echo", "done"));
        return Programs.onPath(PROGRAM)
                .filter(program ->
                        Programs.printed(program, line.toArray(String[]::new)).contains("done"))
                .map(ProcessStarter::prefix)
                .orElse(List.of());
    }

    private static List<String> prefix(Path program) {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(OPTIONS);
        return List.copyOf(line);
    }

    /** The command line that is run for {@code command}. */
    static List<String> line(List<String> command) {
        List<String> line = new ArrayList<>(PREFIX);
        // A change of the user takes the request back, so both go into one call.
        boolean merged = !PREFIX.isEmpty() && command.get(0).equals(PROGRAM);
        line.addAll(merged ? command.subList(1, command.size()) : command);
        return line;
    }

    static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
        try {
            return THREAD.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
