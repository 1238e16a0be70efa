package io.metawal.wal.kafka;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What Kafka throws, by what may be done next. */
final class KafkaFaults {
    private KafkaFaults() {}

    /** What may be done next. */
    enum Kind {
        /** Not allowed: nothing changes by trying. */
        DENIED,
        /** Nothing changes by trying. */
        REFUSED,
        /** This thread was interrupted. */
        INTERRUPTED,
        /** The outcome may be unknown: begin anew as the writer, read how far the log goes, go on from there. */
        AGAIN
    }

    static Kind kind(Throwable fault) {
        for (Throwable at = fault; at != null; at = at.getCause()) {
            if (at instanceof AuthenticationException || at instanceof AuthorizationException) {
                return Kind.DENIED;
            }
            if (at instanceof RecordTooLargeException
                    || at instanceof UnsupportedVersionException
                    || at instanceof InvalidTopicException) {
                return Kind.REFUSED;
            }
            if (at instanceof InterruptException || at instanceof InterruptedException) {
                return Kind.INTERRUPTED;
            }
        }
        return Kind.AGAIN;
    }

    /** As an operator is told. */
    static MetawalException typed(String doing, KafkaException fault) {
        return switch (kind(fault)) {
            case DENIED ->
                new MetawalException(
                        ExitCode.ACCESS_DENIED,
                        doing + ": " + fault + "; see to the credentials and the rights of this principal",
                        fault);
            case REFUSED -> new UnsupportedFormatException(doing + ": " + fault, fault);
            case INTERRUPTED -> new MetawalException(ExitCode.INTERRUPTED, doing + ": interrupted", fault);
            case AGAIN ->
                new UnreachableException(
                        doing + ": " + fault + "; see whether the brokers can be reached, then try again", fault);
        };
    }

    /** Waits for an answer; throws what Kafka says. */
    static <T> T answer(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
