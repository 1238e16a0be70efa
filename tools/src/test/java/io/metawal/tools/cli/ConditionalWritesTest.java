package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.pitr.verify.Finding;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ConditionalWritesTest {
    private static ConditionalWrites options(String... words) {
        ConditionalWrites options = new ConditionalWrites();
        new CommandLine(options(options)).parseArgs(words);
        return options;
    }

    private static CommandLine.Model.CommandSpec options(ConditionalWrites mixin) {
        return CommandLine.Model.CommandSpec.create()
                .addMixin("writes", CommandLine.Model.CommandSpec.forAnnotatedObject(mixin));
    }

    @Test
    void aStoreThatRefusesIsTaken() {
        MemoryObjectStore store = new MemoryObjectStore(InstantSource.system());
        options().require(store);
        assertThat(options().finding(store)).isEmpty();
        assertThat(store.list("", "", 9)).as("nothing stays behind").isEmpty();
    }

    @Test
    void aStoreThatOverwritesIsRefusedUnlessThereIsAPromise() {
        Lax store = new Lax(ExitCode.DONE);
        assertThatThrownBy(() -> options().require(store))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("lax:")
                .hasMessageContaining("--single-writer-i-promise");
        assertThat(options().finding(store)).hasValueSatisfying(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.kind()).isEqualTo("unconditional");
        });
        assertThat(store.list("", "", 9)).isEmpty();
        assertThatCode(() -> options("--single-writer-i-promise").require(store))
                .doesNotThrowAnyException();
        assertThat(options("--single-writer-i-promise").finding(store)).isEmpty();
    }

    @Test
    void whoMayOnlyReadVerifiesWithoutTrying() {
        assertThat(options().finding(new Lax(ExitCode.ACCESS_DENIED)))
                .hasValueSatisfying(finding -> assertThat(finding.severity()).isEqualTo(Finding.Severity.INFO));
    }

    /** Takes the condition and ignores it; or refuses to be written at all. */
    private static final class Lax implements ObjectStore {
        private final MemoryObjectStore inner = new MemoryObjectStore(InstantSource.system());
        private final ExitCode refusal;

        Lax(ExitCode refusal) {
            this.refusal = refusal;
        }

        @Override
        public String describe() {
            return "lax:";
        }

        @Override
        public void create(ObjectKey key, ObjectBody body) {
            if (refusal != ExitCode.DONE) {
                throw new MetawalException(refusal, "lax: not allowed");
            }
            try (InputStream in = body.open(0)) {
                inner.replace(key, in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void replace(ObjectKey key, byte[] bytes) {
            inner.replace(key, bytes);
        }

        @Override
        public byte[] read(ObjectKey key) {
            return inner.read(key);
        }

        @Override
        public byte[] read(ObjectKey key, long offset, int length) {
            return inner.read(key, offset, length);
        }

        @Override
        public @Nullable ObjectStat stat(ObjectKey key) {
            return inner.stat(key);
        }

        @Override
        public List<ObjectStat> list(String prefix, String after, int limit) {
            return inner.list(prefix, after, limit);
        }

        @Override
        public void delete(ObjectKey key) {
            inner.delete(key);
        }

        @Override
        public void close() {}
    }
}
