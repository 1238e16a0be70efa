package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdOptionsTest {
    @Test
    void readsEveryPartOfAUrl() {
        EtcdOptions options = EtcdOptions.parse("etcd://me:p%40ss:w@a:1,[::1]:2?prefix=/x%00/%ff&ca=/tmp/ca.pem");
        assertThat(options.address().endpoints()).containsExactly("a:1", "[::1]:2");
        assertThat(options.address().user()).isEqualTo("me");
        assertThat(options.address().password()).isEqualTo("p@ss:w");
        assertThat(options.prefix()).isEqualTo(ByteString.copyFrom(new byte[] {'/', 'x', 0, '/', (byte) 0xff}));
        assertThat(options.address().tls()).hasToString("Tls[authority=/tmp/ca.pem, certificate=null, key=null]");
        assertThat(options).hasToString("etcd://a:1,[::1]:2?prefix=/x%00/%FF");
        assertThat(EtcdOptions.parse("etcd://h:2379").address().user()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a:1",
                "etcd://",
                "etcd://a",
                "etcd://a:1,",
                "etcd://me@a:1",
                "etcd://a:1?pre=x",
                "etcd://a:1?prefix=%4",
                "etcd://me:secret@a"
            })
    void refusesWhatIsNoUrl(String url) {
        assertThatThrownBy(() -> EtcdOptions.parse(url))
                .isInstanceOf(UsageException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void theLongestPrefixGivesTheCategory() {
        CategoryRules rules = EtcdOptions.categories(Map.of(
                ByteString.copyFromUtf8("/c/"), Category.CATALOG,
                ByteString.copyFromUtf8("/c/ids/"), Category.MONOTONIC));
        assertThat(rules.categoryOf(EntryKey.of("kv", "/c/ids/1"))).isEqualTo(Category.MONOTONIC);
        assertThat(rules.categoryOf(EntryKey.of("kv", "/c/t"))).isEqualTo(Category.CATALOG);
        assertThat(rules.categoryOf(EntryKey.of("kv", "/d"))).isEqualTo(Category.OTHER);
        assertThat(rules.categoryOf(EntryKey.of("other", "/c/t"))).isEqualTo(Category.OTHER);
    }
}
