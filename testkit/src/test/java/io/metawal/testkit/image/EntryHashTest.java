package io.metawal.testkit.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.EntryHash;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the digests in repositories are XXH3-128 with seed 0, and not what some version of a library takes for it. */
class EntryHashTest {
    /** Published beside xxHash in its {@code cli/xsum_sanity_check.c}; one of every length at which the algorithm branches. */
    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({
        "0, 99aa06d3014798d86001c324468d497f",
        "1, a6cd5e9392000f6ac44bdff4074eecdb",
        "6, 082afe0b8162d12a3e7039bdda43cfc6",
        "12, 6e3efd8fc7802b18061a192713f69ad9",
        "24, 0ce966e4678d37611e7044d28b1b901d",
        "48, a002ac4e5478227ef942219aed80f67b",
        "81, 4952f58181ab00425e8bafb9f95fb803",
        "222, 337e09641b948717f1aebd597cec6b3a",
        "403, 1b6de21e332dd73dcdeb804d65c6dea4",
        "512, 18d2d110dcc9bca1617e49599013cb6b",
        "2048, f736557fd47073a5dd59e2c3a5f038e0",
        "2240, ccb134fbfa7ce49d6e73a90539cf2948",
        "2367, e89c0f6ff369b427cb37aeb9e5d361ed",
    })
    void isXxh3Of128Bits(int length, String expected) {
        byte[] bytes = new byte[length + 5];
        long generator = 2654435761L;
        for (int i = 0; i < length; i++) {
            bytes[i + 2] = (byte) (generator >>> 56);
            generator *= 0x9E3779B185EBCA8DL;
        }
        assertThat(EntryHash.of(bytes, 2, length)).hasToString(expected + "-1");
    }

    @ParameterizedTest
    @CsvSource({"a, a96faf705af16834e6c632b61e964e1f", "abc, 06b05ab6733a618578af5f94892f3950"})
    void isThatOfXxhsum(String text, String expected) {
        byte[] bytes = text.getBytes(US_ASCII);
        assertThat(EntryHash.of(bytes, 0, bytes.length)).hasToString(expected + "-1");
    }
}
