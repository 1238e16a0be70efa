package io.metawal.storage.s3;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What a failure of the SDK means to the caller of a store, and what the operator is to do about it. One line each. */
final class S3Faults {
    private static final Set<String> WRONG_KEY = Set.of(
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidToken",
            "ExpiredToken",
            "RequestTimeTooSkewed",
            "AuthorizationHeaderMalformed");

    private final String place;
    private final String bucket;
    private final String endpoint;

    S3Faults(S3Url url, S3Config config) {
        this.place = url.toString();
        this.bucket = url.bucket();
        this.endpoint = config.endpoint() == null ? "AWS" : config.endpoint().toString();
    }

    /** The fault where nothing was changed. */
    MetawalException unchanged(String deed, Throwable e) {
        String start = place + ": cannot " + deed + ": ";
        if (e instanceof InterruptedException) {
            return new MetawalException(ExitCode.INTERRUPTED, start + "interrupted", e);
        }
        if (e instanceof AwsServiceException answer) {
            return answered(start, answer);
        }
        if (says(e, "unable to load credentials") || says(e, "profile file contained no credentials")) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start + "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
                            + " METAWAL_S3_PROFILE",
                    e);
        }
        if (says(e, "unable to load region")) {
            return new UnreachableException(start + "no region is known: set METAWAL_S3_REGION or AWS_REGION", e);
        }
        if (caused(e, UnknownHostException.class)) {
            return new UnreachableException(
                    start + "no host of the endpoint " + endpoint
                            + " is known by that name: correct METAWAL_S3_ENDPOINT" + " or the region",
                    e);
        }
        if (caused(e, ConnectException.class)) {
            return new UnreachableException(
                    start + "the endpoint " + endpoint + " refused the connection: start the service, or correct"
                            + " METAWAL_S3_ENDPOINT",
                    e);
        }
        return new UnreachableException(
                start + "no answer from " + endpoint + " (" + reason(e) + "): try again once it is reachable", e);
    }

    private MetawalException answered(String start, AwsServiceException e) {
        String code = code(e);
        String told = "HTTP " + e.statusCode() + (code.isEmpty() ? "" : " " + code);
        String region = header(e, "x-amz-bucket-region");
        if (e.statusCode() == 301 || (region != null && e.statusCode() == 400)) {
            return new UnreachableException(
                    start + "bucket " + bucket + " is in " + (region == null ? "another region" : "region " + region)
                            + ": set METAWAL_S3_REGION" + (region == null ? "" : "=" + region),
                    e);
        }
        if (code.equals("NoSuchBucket")) {
            return new UnreachableException(
                    start + "there is no bucket " + bucket + " at " + endpoint + ": create it, or correct the URL", e);
        }
        if (WRONG_KEY.contains(code)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start + endpoint + " does not accept the credentials (" + told + "): correct"
                            + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or METAWAL_S3_PROFILE",
                    e);
        }
        if (e.statusCode() == 403 || e.statusCode() == 401) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start + "no permission on bucket " + bucket + " at " + endpoint + " (" + told
                            + "): grant what docs/s3.md lists, or correct the credentials",
                    e);
        }
        return new UnreachableException(start + endpoint + " answered " + told + ": try again once it is well", e);
    }

    /** The fault where it may have taken effect. */
    MetawalException unknown(String deed, Throwable e) {
        return new UnknownOutcomeException(
                place + ": whether it did " + deed + " is not known (" + reason(e)
                        + "): read it back before anything else",
                e);
    }

    static String code(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(AwsErrorDetails::errorCode)
                .orElse("");
    }

    private static @Nullable String header(AwsServiceException e, String name) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(response -> response.firstMatchingHeader(name))
                .orElse(null);
    }

    static int status(Throwable e) {
        return e instanceof AwsServiceException answer ? answer.statusCode() : 0;
    }

    /** Whether a GET was told that there is no such object; a 404 without that word may come from anybody on the way. */
    static boolean isAbsent(Throwable e) {
        return status(e) == 404
                && e instanceof AwsServiceException answer
                && code(answer).equals("NoSuchKey");
    }

    /** The same of requests whose answer has no body to say so. */
    static boolean isNotFound(Throwable e) {
        return status(e) == 404
                && e instanceof AwsServiceException answer
                && !code(answer).equals("NoSuchBucket");
    }

    /** Whether asking again may help. */
    static boolean isPassing(Throwable e) {
        if (e instanceof InterruptedException || says(e, "unable to load ")) {
            return false;
        }
        if (e instanceof AwsServiceException answer) {
            int status = answer.statusCode();
            return status >= 500
                    || status < 300
                    || status == 408
                    || status == 429
                    || status == 409
                    || Set.of("RequestTimeout", "BadDigest", "IncompleteBody").contains(code(answer));
        }
        return !caused(e, UnknownHostException.class);
    }

    /** Whether the request may have been carried out all the same. */
    static boolean isDoubtful(Throwable e) {
        if (e instanceof AwsServiceException answer) {
            return answer.statusCode() >= 500 || answer.statusCode() < 300;
        }
        return !caused(e, UnknownHostException.class)
                && !caused(e, ConnectException.class)
                && !says(e, "unable to load ")
                && !isWithoutConnection(e);
    }

    /** Whether none came to be in time; why, another attempt may tell. */
    static boolean isWithoutConnection(Throwable e) {
        return says(e, "acquire operation took longer");
    }

    private static boolean caused(Throwable e, Class<? extends Throwable> type) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(Throwable e, String words) {
        return e instanceof SdkClientException
                && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(words);
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && !(root instanceof AwsServiceException)) {
            root = root.getCause();
        }
        String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return text.lines().findFirst().orElse("");
    }
}
