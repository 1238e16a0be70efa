package io.metawal.testkit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.seed.Seeded;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DigestTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    private static Digest random(RandomGenerator random) {
        // Mostly near the places where a carry is born or dies.
        long low = random.nextBoolean() ? random.nextLong() : random.nextLong(-2, 3);
        long high = random.nextBoolean() ? random.nextLong() : random.nextLong(-2, 3);
        return new Digest(high, low, random.nextLong(1000));
    }

    private static BigInteger number(Digest digest) {
        return new BigInteger(digest.toString().substring(0, 32), 16);
    }

    @Test
    void isASumModuloTwoToThe128() {
        Seeded.check(2000, random -> {
            Digest a = random(random);
            Digest b = random(random);
            assertThat(number(a.plus(b))).isEqualTo(number(a).add(number(b)).mod(MODULUS));
            assertThat(number(a.minus(b)))
                    .isEqualTo(number(a).subtract(number(b)).mod(MODULUS));
            assertThat(a.plus(b).minus(b)).isEqualTo(a);
            assertThat(a.minus(b).plus(b)).isEqualTo(a);
            assertThat(a.plus(b)).isEqualTo(b.plus(a));
            assertThat(Digest.parse(a.toString())).isEqualTo(a);
        });
    }

    @Test
    void doesNotDependOnOrder() {
        Seeded.check(50, random -> {
            List<Digest> parts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                parts.add(random(random));
            }
            Digest sum = parts.stream().reduce(Digest.EMPTY, Digest::plus);
            for (int i = parts.size() - 1; i > 0; i--) {
                java.util.Collections.swap(parts, i, random.nextInt(i + 1));
            }
            assertThat(parts.stream().reduce(Digest.EMPTY, Digest::plus)).isEqualTo(sum);
            assertThat(parts.stream().reduce(sum, Digest::minus)).isEqualTo(Digest.EMPTY);
        });
    }

    @Test
    void everyFieldOfAnEntryCounts() {
        ByteString a = ByteString.copyFromUtf8("a");
        ByteString b = ByteString.copyFromUtf8("b");
        List<Entry> entries = List.of(
                new Entry(EntryKey.of("kv", "a"), a, ByteString.EMPTY),
                new Entry(EntryKey.of("kv", "b"), a, ByteString.EMPTY),
                new Entry(EntryKey.of("kv.a", ""), a, ByteString.EMPTY),
                new Entry(EntryKey.of("kv", "a"), b, ByteString.EMPTY),
                new Entry(EntryKey.of("kv", "a"), a, b),
                new Entry(EntryKey.of("kv", "a"), ByteString.EMPTY, a),
                new Entry(EntryKey.of("kv", "aa"), ByteString.EMPTY, ByteString.EMPTY),
                new Entry(EntryKey.of("kv", ""), a.concat(a), ByteString.EMPTY));
        assertThat(entries.stream().map(Digest::of)).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNoDigestIsRefused() {
        for (String text : List.of("", "12", "0".repeat(32), "0".repeat(32) + "-", "G".repeat(32) + "-1")) {
            assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(UsageException.class);
        }
    }
}
