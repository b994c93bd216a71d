package org.ptuning4j.registry.s3;

import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.registry.ObjectStore;
import org.ptuning4j.registry.ObjectStoreProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Addresses {@code s3://bucket/prefix}. Region, credentials and the store's address are those of
 * the environment, as the AWS SDK reads them. A store that is not Amazon's ({@code
 * AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}) is asked with the bucket in the path, and needs
 * no region.
 */
public final class S3StoreProvider implements ObjectStoreProvider {

  private static final String SCHEME = "s3";

  private final Map<String, String> environment;

  /** By the process's environment. */
  public S3StoreProvider() {
    this(System.getenv());
  }

  S3StoreProvider(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public ObjectStore open(String bucket, String prefix) {
    S3ClientBuilder builder = S3Client.builder();
    if (has("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")) {
      builder.forcePathStyle(true);
      if (!has("AWS_REGION", "AWS_DEFAULT_REGION")) {
        builder.region(Region.US_EAST_1);
      }
    }
    try {
      return S3ObjectStore.withClient(builder.build(), bucket, prefix);
    } catch (SdkException e) {
      throw new InvalidInputException("registry: s3://" + bucket + ": " + e.getMessage(), e);
    }
  }

  private boolean has(String... names) {
    return Stream.of(names).anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
  }
}
