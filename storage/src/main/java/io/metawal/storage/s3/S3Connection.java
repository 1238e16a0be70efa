package io.metawal.storage.s3;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** The SDK's client, as the configuration wants it. */
final class S3Connection {
    private static final int CONNECTIONS_MAX = 64;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    /** For a service of one's own, whose region is nowhere asked for. */
    private static final Region ANY_REGION = Region.US_EAST_1;

    /**
     * With the time to connect. It is what ends a wait that the SDK's pool forgot, as it does now and then right after a refused
     * connection; nothing was sent by then.
     */
    private static final Duration ACQUIRE_MAX = Duration.ofSeconds(6);

    private static final int IO_THREADS = 2;

    private S3Connection() {}

    /** One for the process: a client's own takes two seconds to close. Its threads are daemons. */
    private static final class Shared {
        static final SdkEventLoopGroup GROUP =
                SdkEventLoopGroup.builder().numberOfThreads(IO_THREADS).build();
    }

    static S3AsyncClient open(S3Config config) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .credentialsProvider(credentials(config))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(Shared.GROUP)
                        .maxConcurrency(CONNECTIONS_MAX)
                        .connectionTimeout(CONNECT_MAX)
                        .connectionAcquisitionTimeout(acquireMax(config))
                        .readTimeout(config.retries().attemptMax())
                        .writeTimeout(config.retries().attemptMax()))
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(config.retries().attemptMax())
                        .apiCallTimeout(config.retries().attemptMax()))
                .forcePathStyle(config.pathStyle())
                // Checksums of what is sent are given with each request; a wrong one is refused by the service.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        config.checksums() == S3Config.Checksums.SUPPORTED
                                ? ResponseChecksumValidation.WHEN_SUPPORTED
                                : ResponseChecksumValidation.WHEN_REQUIRED);
        if (config.endpoint() != null) {
            builder.endpointOverride(config.endpoint());
        }
        if (config.region() != null) {
            builder.region(Region.of(config.region()));
        } else if (config.endpoint() != null) {
            builder.region(ANY_REGION);
        }
        return builder.build();
    }

    private static Duration acquireMax(S3Config config) {
        Duration half = config.retries().attemptMax().dividedBy(2);
        return half.compareTo(ACQUIRE_MAX) < 0 ? half : ACQUIRE_MAX;
    }

    /** A profile's file is read again when it changed, so that its keys can be renewed under a running process. */
    private static AwsCredentialsProvider credentials(S3Config config) {
        ProfileFileSupplier files = ProfileFileSupplier.defaultSupplier();
        if (config.profile() != null) {
            return ProfileCredentialsProvider.builder()
                    .profileFile(files)
                    .profileName(config.profile())
                    .build();
        }
        S3Keys keys = config.keys();
        if (keys != null) {
            return StaticCredentialsProvider.create(
                    keys.sessionToken() == null
                            ? AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())
                            : AwsSessionCredentials.create(keys.accessKey(), keys.secretKey(), keys.sessionToken()));
        }
        return DefaultCredentialsProvider.builder().profileFile(files).build();
    }
}
