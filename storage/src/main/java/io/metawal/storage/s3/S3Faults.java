package io.metawal.storage.s3;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What a failure of the SDK means to the caller of a store, and what the operator is to do about it. */
final class S3Faults {
    private static final int CONFLICT = 409;
    private static final int RANGE = 416;
    private static final int NOT_IMPLEMENTED = 501;
    private static final Set<String> MOVED = Set.of(
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "TemporaryRedirect",
            "IllegalLocationConstraintException");

    private final String store;
    private final String bucket;
    private final String endpoint;

    S3Faults(String store, String bucket, String endpoint) {
        this.store = store;
        this.bucket = bucket;
        this.endpoint = endpoint;
    }

    /** Whether a request asked for bytes past the end. */
    static boolean pastEnd(Throwable e) {
        return status(e) == RANGE;
    }

    /** Whether it was refused only because another one of the same key was under way. */
    static boolean crossed(Throwable e) {
        return status(e) == CONFLICT;
    }

    static boolean absent(Throwable e) {
        return status(e) == 404 && !code(e).equals("NoSuchBucket");
    }

    private static int status(Throwable e) {
        return e instanceof AwsServiceException service ? service.statusCode() : 0;
    }

    private static String code(Throwable e) {
        return e instanceof AwsServiceException service
                        && service.awsErrorDetails() != null
                        && service.awsErrorDetails().errorCode() != null
                ? service.awsErrorDetails().errorCode()
                : "";
    }

    /** Of a request that changes nothing. */
    MetawalException ofReading(String key, Throwable e) {
        if (absent(e)) {
            return new ObjectNotFoundException(key + " is not in " + store, e);
        }
        MetawalException plain = refused("read " + key, e);
        return plain != null ? plain : new UnreachableException(start("read " + key) + reason(e), e);
    }

    /** Of a request that may have taken effect, whatever its answer. */
    MetawalException ofWriting(String deed, String key, Throwable e) {
        if (status(e) == 412) {
            return new ObjectExistsException(key + " exists in " + store + " already", e);
        }
        if (status(e) == NOT_IMPLEMENTED) {
            return new UsageException(start(deed + " " + key) + "it does not know conditional writes (" + reason(e)
                    + "): a repository needs them; use another store");
        }
        MetawalException plain = refused(deed + " " + key, e);
        if (plain != null) {
            return plain;
        }
        if (code(e).equals("SlowDown") || neverSent(e)) {
            return new UnreachableException(start(deed + " " + key) + reason(e), e);
        }
        return new UnknownOutcomeException(
                store + ": whether it did " + deed + " " + key + " is not known (" + reason(e)
                        + "): read it back before anything else",
                e);
    }

    /** What the store refused plainly, and an operator must mend; null for anything else. */
    private @Nullable MetawalException refused(String deed, Throwable e) {
        if (status(e) == 301 || MOVED.contains(code(e))) {
            return new UnreachableException(
                    start(deed) + "bucket " + bucket + " is in another region" + region(e) + " (" + reason(e)
                            + "): set METAWAL_S3_REGION or AWS_REGION",
                    e);
        }
        if (code(e).equals("NoSuchBucket")) {
            return new UnreachableException(
                    start(deed) + "there is no bucket " + bucket + endpoint + ": create it, or correct the URL", e);
        }
        if (status(e) == 403 || status(e) == 401) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start(deed) + "access denied (" + (code(e).isEmpty() ? "403" : code(e)) + ")" + advice(code(e)),
                    e);
        }
        if (e instanceof SdkClientException && reason(e).contains("Unable to load credentials")) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start(deed) + "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile",
                    e);
        }
        return null;
    }

    private static String advice(String code) {
        return switch (code) {
            case "InvalidAccessKeyId" -> ": the store does not know this access key";
            case "SignatureDoesNotMatch" -> ": the secret key does not belong to this access key";
            case "ExpiredToken", "RequestExpired" -> ": the credentials have expired";
            case "RequestTimeTooSkewed" -> ": this machine's clock is wrong";
            default ->
                ": grant this identity s3:GetObject, s3:PutObject, s3:DeleteObject on the prefix and s3:ListBucket"
                        + " on the bucket";
        };
    }

    private static String region(Throwable e) {
        return e instanceof AwsServiceException service
                        && service.awsErrorDetails() != null
                        && service.awsErrorDetails().sdkHttpResponse() != null
                ? service.awsErrorDetails()
                        .sdkHttpResponse()
                        .firstMatchingHeader("x-amz-bucket-region")
                        .map(named -> ", " + named)
                        .orElse("")
                : "";
    }

    /** Whether no try of it can have reached the store. */
    private static boolean neverSent(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private String start(String deed) {
        return store + ": cannot " + deed + ": ";
    }

    private static String reason(Throwable e) {
        if (e instanceof AwsServiceException service) {
            String code = code(e);
            String said = service.awsErrorDetails() == null
                    ? ""
                    : service.awsErrorDetails().errorMessage();
            return "status " + service.statusCode() + (code.isEmpty() ? "" : " " + code)
                    + (said == null || said.isEmpty() ? "" : ", " + said);
        }
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String name = root.getClass().getSimpleName();
        String what = root.getMessage() == null ? name : root.getMessage();
        return root instanceof UnknownHostException ? "unknown host " + what : what;
    }
}
