package io.metawal.connectors.etcd.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metawal.connectors.net.ServiceChannel;
import java.util.stream.Collectors;

/** Opens the connection: endpoints, limits. */
final class EtcdChannel {
    private EtcdChannel() {}

    static ManagedChannel open(EtcdAddress address) {
        // jetcd's resolver of "ip" targets takes several members; brackets of IPv6 are not allowed in a URI's path.
        String target = address.endpoints().stream()
                .map(endpoint -> endpoint.replace("[", "%5B").replace("]", "%5D"))
                .collect(Collectors.joining(",", "ip:///", ""));
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target)
                .defaultLoadBalancingPolicy("round_robin")
                // Each call sets its own, smaller limit where it can ask for less.
                .maxInboundMessageSize(Integer.MAX_VALUE);
        return ServiceChannel.open(builder, address.tls());
    }
}
