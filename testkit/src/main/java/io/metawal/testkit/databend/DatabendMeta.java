package io.metawal.testkit.databend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.ServerDirectory;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.testkit.servers.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A real Databend engine with its own meta services, out of its Python wheel, in a process of this machine. SQL fills the services,
 * and anybody on this machine may call them over gRPC. The engine holds several stores, each a service; a new start makes new
 * ones. It runs in a network of its own, which only these ports lead into, so that it reports telemetry to nobody.
 */
public final class DatabendMeta implements AutoCloseable {
    private static final String PROGRAM = "meta_service.py";
    /** Every tenant's databases; only the store of the catalog has them. */
    private static final String CATALOG_PREFIX = "__fd_database";

    private static final int LISTS_MAX = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerDirectory directory;
    private final ServerProcess server;
    private final BufferedReader answers;
    private final List<String> stores = new ArrayList<>();

    private DatabendMeta(ServerDirectory directory, ServerProcess server, BufferedReader answers) {
        this.directory = directory;
        this.server = server;
        this.answers = answers;
    }

    /** Starts an engine in a version of {@code ServerCatalog.databendVersions()}; it has the database {@code default}. */
    public static DatabendMeta start(ServerEntry version) {
        FoundServer found = version.use();
        ServerDirectory directory = ServerDirectory.create("metawal-databend-");
        try {
            Path program = directory.path().resolve(PROGRAM);
            try (InputStream text = Objects.requireNonNull(DatabendMeta.class.getResourceAsStream(PROGRAM))) {
                Files.copy(text, program);
            }
            Path python = found.programOrFail();
            ProcessBuilder builder = new ProcessBuilder(
                            python.toString(),
                            program.toString(),
                            String.valueOf(python.getParent()),
                            directory.data().toString())
                    .directory(directory.path().toFile())
                    .redirectError(
                            ProcessBuilder.Redirect.appendTo(directory.log().toFile()));
            ServerProcess server = new ServerProcess(builder, directory.log());
            DatabendMeta meta =
                    new DatabendMeta(directory, server, server.begin().inputReader(StandardCharsets.UTF_8));
            try {
                meta.findStores();
                return meta;
            } catch (RuntimeException e) {
                meta.close();
                throw e;
            }
        } catch (IOException e) {
            directory.delete();
            throw new UncheckedIOException(e);
        }
    }

    /** The engine listens on other ports too: of the services of its stores only some are meant for clients. */
    private void findStores() {
        List<String> endpoints = new ArrayList<>();
        answer().path("ports").forEach(port -> endpoints.add("127.0.0.1:" + port.intValue()));
        // One that says nothing costs a timeout: all are asked at the same time.
        stores.addAll(endpoints.parallelStream().filter(DatabendMeta::isStore).toList());
    }

    private static boolean isStore(String endpoint) {
        try (MetaClient client = new MetaClient(endpoint)) {
            return client.answers();
        }
    }

    /** {@code HOST:PORT} of every store. */
    public List<String> stores() {
        return List.copyOf(stores);
    }

    /** {@code HOST:PORT} of the store that holds the databases and tables. */
    public String catalog() {
        return storeWith(key -> key.startsWith(CATALOG_PREFIX));
    }

    /** The one store with a key that {@code wanted} takes. */
    public String storeWith(Predicate<String> wanted) {
        List<String> found = stores.stream()
                .filter(store -> list(store).records().keySet().stream().anyMatch(wanted))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("of the stores " + stores + " these have such a key: " + found);
        }
        return found.get(0);
    }

    /** The URL of a store for metawal. */
    public static String url(String store) {
        return "databend+grpc://" + store;
    }

    /**
     * What the service itself lists of a store, without what has expired.
     *
     * @param index of the log entry after which it was listed
     */
    public record Listing(long index, NavigableMap<String, MetaRecord> records) {}

    /** Lists a store; lists it again where the engine wrote meanwhile. */
    public Listing list(String store) {
        try (MetaClient client = new MetaClient(store)) {
            for (int i = 0; i < LISTS_MAX; i++) {
                long before = client.lastIndex();
                NavigableMap<String, MetaRecord> records = client.records();
                if (client.lastIndex() == before) {
                    return new Listing(before, records);
                }
            }
        }
        throw new IllegalStateException("the engine writes to its store " + store + " all the time");
    }

    /** The index of a store's last log entry. */
    public long lastIndex(String store) {
        try (MetaClient client = new MetaClient(store)) {
            return client.lastIndex();
        }
    }

    /** Runs a statement and returns its rows as the engine prints them; fails with what the engine says. */
    public String sql(String statement) {
        try {
            var out = server.process().orElseThrow().outputWriter(StandardCharsets.UTF_8);
            out.write(JSON.writeValueAsString(Map.of("sql", statement)) + "\n");
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(server.tail(), e);
        }
        JsonNode answer = answer();
        if (answer.has("error")) {
            throw new IllegalStateException(
                    statement + ": " + answer.path("error").asText());
        }
        return answer.path("rows").asText();
    }

    private JsonNode answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("Databend ended: " + server.tail());
            }
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(server.tail(), e);
        }
    }

    /** The process, for a test that looks at it. */
    public Process process() {
        return server.process().orElseThrow();
    }

    /** Ends the engine with kill -9; its stores are lost. */
    public void kill() {
        server.kill();
    }

    @Override
    public void close() {
        kill();
        directory.delete();
    }
}
