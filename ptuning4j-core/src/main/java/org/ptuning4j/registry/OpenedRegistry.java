package org.ptuning4j.registry;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;

/**
 * A registry where a person says that it is: in a folder, or in a bucket ({@code
 * s3://bucket/prefix}), which then has a mirror among the caches of this machine until this is
 * closed, and longer.
 */
public final class OpenedRegistry implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("([a-z][a-z0-9+.-]+)://(.*)");
  private static final int NAME_LENGTH = 24;

  /** What is on Maven Central for the addresses that people know. */
  private static final String S3 = "s3";

  private final Path folder;
  private final Supplier<Registry> registry;
  private final Supplier<Registry> orNew;
  private final Runnable end;

  private OpenedRegistry(
      Path folder, Supplier<Registry> registry, Supplier<Registry> orNew, Runnable end) {
    this.folder = folder;
    this.registry = registry;
    this.orNew = orNew;
    this.end = end;
  }

  /** A registry in a folder, which may be away for a while. */
  public static OpenedRegistry of(Path folder) {
    return new OpenedRegistry(
        folder, () -> Registry.open(folder), () -> Registry.openOrCreate(folder), () -> {});
  }

  /** Whether a place is in a bucket. */
  public static boolean isAddress(String place) {
    return ADDRESS.matcher(place).matches();
  }

  /**
   * Opens a registry by its folder or its address.
   *
   * @param caches the folder in which mirrors are made
   * @param every how often a bucket is looked at
   * @throws InvalidInputException if nothing on the class path knows the address, or the bucket
   *     cannot be reached
   */
  public static OpenedRegistry of(String place, Path caches, Duration every) {
    Matcher address = ADDRESS.matcher(place);
    if (!address.matches()) {
      return of(Path.of(place));
    }
    ObjectStoreProvider provider = provider(place, address.group(1));
    String[] parts = address.group(2).split("/", 2);
    String prefix = parts.length < 2 ? "" : parts[1].replaceAll("^/+|/+$", "");
    ObjectStore store = provider.open(parts[0], prefix);
    String name = DigestUtils.sha256Hex(store.place()).substring(0, NAME_LENGTH);
    try {
      BucketRegistry bucket =
          BucketRegistry.open(store, caches.resolve("registries").resolve(name), every);
      return new OpenedRegistry(
          bucket.registry().folder(),
          bucket::registry,
          bucket::registry,
          () -> {
            bucket.close();
            store.close();
          });
    } catch (UncheckedIOException e) {
      store.close();
      throw new InvalidInputException("registry: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static ObjectStoreProvider provider(String place, String scheme) {
    List<ObjectStoreProvider> providers = Extensions.of(ObjectStoreProvider.class);
    Optional<ObjectStoreProvider> found =
        providers.stream().filter(each -> each.scheme().equals(scheme)).findFirst();
    return found.orElseThrow(
        () ->
            scheme.equals(S3)
                ? InvalidInputException.of(
                    "registry: %s is in a bucket, for which org.ptuning4j:ptuning4j-registry-s3 has"
                        + " to be on the class path (docs/registry.md says how)",
                    place)
                : InvalidInputException.of(
                    "registry: '%s' begins with %s://, which nothing on the class path knows; a"
                        + " folder is expected, or s3://BUCKET/PREFIX",
                    place, scheme));
  }

  /** Where its files are on this machine. */
  public Path folder() {
    return folder;
  }

  /**
   * The registry.
   *
   * @throws InvalidInputException if the folder is none, or is away
   */
  public Registry registry() {
    return registry.get();
  }

  /**
   * The same, which is made where the folder is none yet; a bucket has one by its first
   * publication.
   */
  public Registry registryOrNew() {
    return orNew.get();
  }

  /** Follows a bucket no more. */
  @Override
  public void close() {
    end.run();
  }
}
