package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.etcd.rpc.EtcdAddress;
import io.metawal.connectors.etcd.rpc.KeyRange;
import io.metawal.connectors.net.Tls;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import java.util.Comparator;
import java.util.Map;

/**
 * An etcd as a source or a target.
 *
 * @param prefix the keys that it is about; empty for all of them
 * @param pageKeysMax keys read at a time; pages of large values are smaller by themselves
 * @param observeMillis how often the source is asked whether it has anything new
 */
public record EtcdOptions(EtcdAddress address, ByteString prefix, int pageKeysMax, long observeMillis) {
    public static final int PAGE_KEYS_MAX = 100_000;
    public static final long OBSERVE_MILLIS = 1_000;

    public static EtcdOptions of(EtcdAddress address) {
        return new EtcdOptions(address, ByteString.EMPTY, PAGE_KEYS_MAX, OBSERVE_MILLIS);
    }

    /** Reads {@code etcd://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?prefix=…&ca=FILE&cert=FILE&key=FILE]}. */
    public static EtcdOptions parse(String url) {
        return EtcdUrl.parse(url);
    }

    public EtcdOptions withPrefix(ByteString otherPrefix) {
        return new EtcdOptions(address, otherPrefix, pageKeysMax, observeMillis);
    }

    public EtcdOptions withPageKeysMax(int keys) {
        return new EtcdOptions(address, prefix, keys, observeMillis);
    }

    public EtcdOptions withObserveMillis(long millis) {
        return new EtcdOptions(address, prefix, pageKeysMax, millis);
    }

    public EtcdOptions withUser(String user, String password) {
        EtcdAddress as = new EtcdAddress(address.endpoints(), user, password, address.tls());
        return new EtcdOptions(as, prefix, pageKeysMax, observeMillis);
    }

    public EtcdOptions withTls(Tls tls) {
        EtcdAddress over = new EtcdAddress(address.endpoints(), address.user(), address.password(), tls);
        return new EtcdOptions(over, prefix, pageKeysMax, observeMillis);
    }

    /** Which category etcd's keys belong to, by what they start with; the longest prefix that fits counts. */
    public static CategoryRules categories(Map<ByteString, Category> byPrefix) {
        return new CategoryRules(byPrefix.entrySet().stream()
                .sorted(Comparator.comparingInt(e -> -e.getKey().size()))
                .map(e -> new CategoryRules.Rule(EntryMapping.KV.name(), e.getKey(), e.getValue()))
                .toList());
    }

    KeyRange range() {
        return KeyRange.ofPrefix(prefix);
    }

    RevisionNumbers numbers() {
        return prefix.isEmpty() ? RevisionNumbers.DENSE : RevisionNumbers.SPARSE;
    }

    /** For messages; never with the password in it. */
    @Override
    public String toString() {
        return prefix.isEmpty() ? address.toString() : address + "?prefix=" + KeyText.of(prefix);
    }
}
