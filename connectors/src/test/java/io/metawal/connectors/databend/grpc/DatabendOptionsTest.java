package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.databend.rpc.DatabendAddress;
import io.metawal.metadata.fault.UsageException;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabendOptionsTest {
    @Test
    void theWholeUrl() {
        DatabendOptions options = DatabendOptions.parse("databend+grpc://root:p%40ss@one:9191,[::1]:9191/"
                + "?cluster=blue&ca=/tmp/ca.pem&cert=/c%20d.pem&key=/k.pem&message-mib=64");
        DatabendAddress address = options.address();
        assertThat(address.endpoints()).containsExactly("one:9191", "[::1]:9191");
        assertThat(address.user()).isEqualTo("root");
        assertThat(address.password()).isEqualTo("p@ss");
        assertThat(address.tls()).hasToString("Tls[authority=/tmp/ca.pem, certificate=/c d.pem, key=/k.pem]");
        assertThat(address.messageBytesMax()).isEqualTo(64 << 20);
        assertThat(options.name()).isEqualTo("blue");
        assertThat(options).hasToString("databend+grpc://one:9191,[::1]:9191");
    }

    @Test
    void theShortestUrl() {
        DatabendOptions options = DatabendOptions.parse("databend+grpc://127.0.0.1:9191");
        assertThat(options).isEqualTo(DatabendOptions.of(DatabendAddress.of(java.util.List.of("127.0.0.1:9191"))));
        try (DatabendGrpcSource source = new DatabendGrpcSource(options, InstantSource.system())) {
            assertThat(source.origin()).isEqualTo("databend");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "databend://h:1",
                "databend+grpc://h",
                "databend+grpc://h:1,",
                "databend+grpc://:secret@h:1",
                "databend+grpc://root@h:1",
                "databend+grpc://root:secret@h:1?prefix=x",
                "databend+grpc://root:secret@h:1?cluster=%2",
                "databend+grpc://root:secret@h:1?message-mib=0",
                "databend+grpc://root:secret@h:1?message-mib=2000"
            })
    void whatIsNoUrl(String url) {
        assertThatThrownBy(() -> DatabendOptions.parse(url))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("expected databend+grpc://[USER:PASSWORD@]HOST:PORT")
                .hasMessageNotContaining("secret");
    }
}
