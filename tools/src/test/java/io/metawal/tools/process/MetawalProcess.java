package io.metawal.tools.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A metawal of its own: a real process that can really be killed. */
final class MetawalProcess implements AutoCloseable {
    private final Process process;
    private final Path log;

    private MetawalProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts metawal with these words; standard output and error go to {@code log}, appended. */
    static MetawalProcess start(Path log, String... words) throws IOException {
        return start(log, Map.of(), words);
    }

    /** As above, with these variables besides. */
    static MetawalProcess start(Path log, Map<String, String> variables, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(words))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(variables);
        return new MetawalProcess(builder.start(), log);
    }

    /** An append that reads what {@link #input} is given; its acknowledgements go to {@code out}. */
    static MetawalProcess startAppend(Path out, String repo, String ack) throws IOException {
        Process process = new ProcessBuilder(command("append", "--repo", repo, "--ack", ack))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(out.toFile())
                .start();
        return new MetawalProcess(process, out);
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    private static List<String> command(String... words) {
        return command(List.of(), words);
    }

    /** @param jvm more arguments of the JVM */
    static List<String> command(List<String> jvm, String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("metawal.root"), "config", "jvm.flags"),
                "-Xmx512m",
                // What starts fastest; none of these lives long enough for the second compiler.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(BuiltMetawal.arguments());
        command.add("io.metawal.tools.Metawal");
        command.addAll(List.of(words));
        return command;
    }

    /** As kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** As a machine that stands still: nothing runs, and nobody is told. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " ended with " + code);
        }
    }

    /** As an operator stops it; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it does not stop on SIGTERM: " + output());
        }
        return process.exitValue();
    }

    boolean alive() {
        return process.isAlive();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no output: " + e;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
