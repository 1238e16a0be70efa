package io.metawal.connectors.databend.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import org.junit.jupiter.api.Test;

/** Client and server under test speak the same: their messages are written down twice. */
class SameMessagesTest {
    @Test
    void bothDescriptionsAreTheSame() {
        assertThat(described(io.metawal.connectors.databend.grpc.proto.TxnRequest.getDescriptor()
                        .getFile()))
                .isEqualTo(described(io.metawal.testkit.databend.proto.TxnRequest.getDescriptor()
                        .getFile()));
    }

    private static FileDescriptorProto described(FileDescriptor file) {
        return file.toProto().toBuilder().clearOptions().clearName().build();
    }
}
