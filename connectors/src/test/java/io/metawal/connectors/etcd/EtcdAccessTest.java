package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.net.Tls;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.etcd.EtcdCertificates;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerEntry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("server")
@Tag("process")
class EtcdAccessTest {
    private final FoldingSink sink = new FoldingSink();

    @Test
    void overTlsWithAClientCertificate(@TempDir Path directory) throws InterruptedException {
        EtcdCertificates made = EtcdCertificates.make(directory);
        try (EtcdServer server = EtcdServer.startTls(made.serverArguments())) {
            EtcdOptions plain = EtcdOptions.parse(server.url());
            EtcdOptions options = plain.withTls(new Tls(made.authority(), made.client(), made.clientKey()));
            try (EtcdDriver etcd = new EtcdDriver(options)) {
                etcd.put("/a", "1");
                Capture.during(options, sink, capture -> {
                    sink.awaitEpoch(2);
                    sink.awaitEpoch(etcd.put("/a", "2"));
                });
                SameAsEtcd.now(sink, etcd, "");
            }
            assertCode(plain, ExitCode.UNREACHABLE);
            assertCode(plain.withTls(new Tls(made.authority(), null, null)), ExitCode.UNREACHABLE);
        }
    }

    @Test
    void withUserAndPassword() throws InterruptedException {
        try (EtcdServer server = EtcdServer.start()) {
            server.ctl("user", "add", "root:secret");
            server.ctl("user", "grant-role", "root", "root");
            server.ctl("role", "add", "reader");
            server.ctl("role", "grant-permission", "reader", "--prefix=true", "read", "/mine/");
            server.ctl("user", "add", "reader:word");
            server.ctl("user", "grant-role", "reader", "reader");
            server.ctl("auth", "enable");
            EtcdOptions nobody = EtcdOptions.parse(server.url()).withObserveMillis(50);
            EtcdOptions reader = nobody.withUser("reader", "word");
            try (EtcdDriver etcd = new EtcdDriver(nobody.withUser("root", "secret"))) {
                Capture.during(reader.withPrefix(EtcdDriver.bytes("/mine/")), sink, capture -> {
                    sink.awaitEpoch(1);
                    sink.awaitEpoch(etcd.put("/mine/a", "2"));
                    // Its tokens are gone with it.
                    server.kill();
                    server.restart();
                    sink.awaitEpoch(etcd.put("/mine/a", "3"));
                });
                SameAsEtcd.now(sink, etcd, "/mine/");
            }
            for (EtcdOptions refused : List.of(nobody, reader, nobody.withUser("reader", "wrong"))) {
                assertCode(refused, ExitCode.ACCESS_DENIED);
            }
        }
    }

    /** etcd continues a watch whose user lost the role. */
    @ParameterizedTest
    @MethodSource("io.metawal.testkit.servers.ServerCatalog#etcdVersions")
    @Tag("server")
    void aRoleThatIsRevokedEndsTheCapture(ServerEntry version) throws InterruptedException {
        try (EtcdServer server = EtcdServer.start(version)) {
            server.ctl("user", "add", "root:secret");
            server.ctl("user", "grant-role", "root", "root");
            server.ctl("role", "add", "reader");
            server.ctl("role", "grant-permission", "reader", "--prefix=true", "read", "/mine/");
            server.ctl("user", "add", "reader:word");
            server.ctl("user", "grant-role", "reader", "reader");
            server.ctl("auth", "enable");
            EtcdOptions reader = EtcdOptions.parse(server.url())
                    .withObserveMillis(50)
                    .withUser("reader", "word")
                    .withPrefix(EtcdDriver.bytes("/mine/"));
            try (EtcdDriver etcd = new EtcdDriver(reader.withUser("root", "secret"))) {
                Capture.during(reader, sink, capture -> {
                    sink.awaitEpoch(1);
                    sink.awaitEpoch(etcd.put("/mine/a", "2"));
                    server.ctl("--user=root:secret", "user", "revoke-role", "reader", "reader");
                    assertThat(capture.failure())
                            .hasMessageContaining("Check user, password, and the user's role")
                            .extracting(e -> ((MetawalException) e).code())
                            .isEqualTo(ExitCode.ACCESS_DENIED);
                });
            }
        }
    }

    @Test
    void aUserWhereNoneIsNeeded() {
        try (EtcdServer server = EtcdServer.shared();
                EtcdSource source =
                        new EtcdSource(EtcdOptions.parse(server.url()).withUser("me", "x"), InstantSource.system())) {
            assertThat(source.identity()).matches("[0-9a-f]{1,16}");
        }
    }

    private static void assertCode(EtcdOptions options, ExitCode code) {
        try (EtcdSource source = ShortPatience.source(options)) {
            assertThatThrownBy(source::identity)
                    .hasMessageContaining(options.toString())
                    .hasMessageNotContaining("wrong")
                    .extracting(e -> ((MetawalException) e).code())
                    .isEqualTo(code);
        }
    }
}
