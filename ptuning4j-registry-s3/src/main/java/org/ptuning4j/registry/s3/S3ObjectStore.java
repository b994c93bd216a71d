package org.ptuning4j.registry.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.registry.ObjectStore;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket of S3, or of a store with its interface that knows conditional writes ({@code
 * If-None-Match} and {@code If-Match} of {@code PutObject}).
 *
 * <pre>{@code
 * S3Client client = S3Client.create(); // region and credentials of the environment
 * ObjectStore store = new S3ObjectStore(client, "packs", "production");
 * try (BucketRegistry bucket =
 *     BucketRegistry.open(store, Path.of("/var/cache/packs"), Duration.ofSeconds(2))) {
 *   bucket.registry().publish(pack, "mood", "more data", Optional.empty());
 * }
 * }</pre>
 */
public final class S3ObjectStore implements ObjectStore {

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final Runnable end;

  /**
   * Objects in a bucket.
   *
   * @param client which the caller closes
   * @param prefix before the name of each object, without the slash behind it; may be empty
   */
  public S3ObjectStore(S3Client client, String bucket, String prefix) {
    this(client, bucket, prefix, () -> {});
  }

  private S3ObjectStore(S3Client client, String bucket, String prefix, Runnable end) {
    this.end = end;
    this.client = Objects.requireNonNull(client, "client");
    this.bucket = Objects.requireNonNull(bucket, "bucket");
    this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    if (bucket.isBlank()) {
      throw new InvalidInputException("bucket: no bucket is named");
    }
    if (prefix.startsWith("/") || prefix.endsWith("/")) {
      throw InvalidInputException.of(
          "prefix: '%s'; a name such as production is expected, without a slash at its ends",
          prefix);
    }
  }

  /** The same, and the client is closed with it. */
  static S3ObjectStore withClient(S3Client client, String bucket, String prefix) {
    return new S3ObjectStore(client, bucket, prefix, client::close);
  }

  @Override
  public void close() {
    end.run();
  }

  @Override
  public Optional<Stored> get(String key) {
    return found(
        key,
        () -> {
          ResponseBytes<GetObjectResponse> object = client.getObjectAsBytes(reading(key));
          return new Stored(object.asUtf8String(), object.response().eTag());
        });
  }

  @Override
  public Optional<String> tag(String key) {
    return found(
        key, () -> client.headObject(head -> head.bucket(bucket).key(prefix + key)).eTag());
  }

  @Override
  public boolean copy(String key, Path file) {
    return found(key, () -> client.getObject(reading(key), file)).isPresent();
  }

  private GetObjectRequest reading(String key) {
    return GetObjectRequest.builder().bucket(bucket).key(prefix + key).build();
  }

  @Override
  public boolean create(String key, Path file) {
    return written(key, writing(key).ifNoneMatch("*").build(), RequestBody.fromFile(file))
        .isPresent();
  }

  @Override
  public Optional<String> create(String key, String content) {
    return written(key, writing(key).ifNoneMatch("*").build(), RequestBody.fromString(content));
  }

  @Override
  public Optional<String> replace(String key, String tag, String content) {
    return written(key, writing(key).ifMatch(tag).build(), RequestBody.fromString(content));
  }

  private PutObjectRequest.Builder writing(String key) {
    return PutObjectRequest.builder().bucket(bucket).key(prefix + key);
  }

  @Override
  public void delete(String key) {
    reached(key, () -> client.deleteObject(object -> object.bucket(bucket).key(prefix + key)));
  }

  /** The new object's tag; empty where the condition was not met, or another write came between. */
  private Optional<String> written(String key, PutObjectRequest request, RequestBody body) {
    return reached(
        key,
        () -> {
          try {
            return Optional.of(client.putObject(request, body).eTag());
          } catch (S3Exception e) {
            boolean other =
                e.statusCode() == PRECONDITION_FAILED
                    || e.statusCode() == CONFLICT
                    || (e.statusCode() == NOT_FOUND && request.ifMatch() != null && hasBucket(e));
            if (other) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private <T> Optional<T> found(String key, Supplier<T> read) {
    return reached(
        key,
        () -> {
          try {
            return Optional.of(read.get());
          } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND && hasBucket(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /**
   * Whether it is the object that is missing; of a bucket the store says so by a code of its own.
   */
  private static boolean hasBucket(S3Exception e) {
    return e.awsErrorDetails() == null || !"NoSuchBucket".equals(e.awsErrorDetails().errorCode());
  }

  private <T> T reached(String key, Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException e) {
      throw new UncheckedIOException(
          place() + ": " + key + ": " + e.getMessage(), new IOException(e));
    }
  }

  @Override
  public String place() {
    return "s3://"
        + bucket
        + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
  }
}
