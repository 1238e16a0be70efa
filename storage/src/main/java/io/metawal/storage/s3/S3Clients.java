package io.metawal.storage.s3;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** The AWS SDK's asynchronous client as this store needs it. */
final class S3Clients {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int CONNECTIONS_MAX = 32;
    private static final int IO_THREADS = 2;
    /** One for the process: to end one takes seconds, which a command would wait for. */
    private static final SdkEventLoopGroup IO = SdkEventLoopGroup.builder()
            .numberOfThreads(IO_THREADS)
            .threadFactory(task -> {
                Thread thread = new Thread(task, "metawal-s3");
                thread.setDaemon(true);
                return thread;
            })
            .build();

    private S3Clients() {}

    static S3AsyncClient open(S3Settings settings) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .credentialsProvider(credentials(settings))
                .region(region(settings))
                .forcePathStyle(settings.pathStyle())
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(IO)
                        .maxConcurrency(CONNECTIONS_MAX)
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .readTimeout(settings.attemptTimeout())
                        .writeTimeout(settings.attemptTimeout()))
                .overrideConfiguration(how -> how.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(Math.max(1, settings.attempts()))
                                .build())
                        .apiCallAttemptTimeout(settings.attemptTimeout())
                        .apiCallTimeout(settings.attemptTimeout().multipliedBy(Math.max(1, settings.attempts()))))
                .requestChecksumCalculation(
                        settings.checksumsAlways()
                                ? RequestChecksumCalculation.WHEN_SUPPORTED
                                : RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        settings.checksumsAlways()
                                ? ResponseChecksumValidation.WHEN_SUPPORTED
                                : ResponseChecksumValidation.WHEN_REQUIRED);
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    /** The usual places, looked at again as they expire; files with profiles are read again when they change. */
    private static AwsCredentialsProvider credentials(S3Settings settings) {
        DefaultCredentialsProvider.Builder usual =
                DefaultCredentialsProvider.builder().profileFile(ProfileFileSupplier.defaultSupplier());
        if (settings.profile() != null) {
            usual.profileName(settings.profile());
        }
        return usual.build();
    }

    private static Region region(S3Settings settings) {
        if (settings.region() != null) {
            return Region.of(settings.region());
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (software.amazon.awssdk.core.exception.SdkClientException e) {
            // A store of one's own has no regions, and AWS names the right one when it is asked in the wrong one.
            return Region.US_EAST_1;
        }
    }
}
