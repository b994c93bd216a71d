package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.ChangedException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;

/**
 * Models of the hub. What the cache holds complete is used without asking the hub; otherwise the
 * files that a model is loaded from are fetched, at one commit.
 */
public final class HubModels {

  private static final int LARGEST_LISTING = 64 << 20;

  private final HubSettings settings;
  private final HubCache cache;
  private final WebClient web;
  private final Retries retries;
  private final DownloadListener listener;
  private final HubFailures failures;

  /**
   * The hub.
   *
   * @param settings where it is, and its cache
   * @param web the way to it; its token must be the settings'
   * @param retries how often to try
   * @param listener told about the progress
   */
  public HubModels(
      HubSettings settings, WebClient web, Retries retries, DownloadListener listener) {
    this.settings = settings;
    this.cache = new HubCache(settings.cache(), settings.symlinks());
    this.web = web;
    this.retries = retries;
    this.listener = listener;
    this.failures = new HubFailures(settings);
  }

  /**
   * A model's folder, fetched if the cache does not hold all of it.
   *
   * @throws InvalidInputException if there is no such model, or it is not open to the user, or
   *     nothing may be fetched; the message says what to do
   * @throws java.io.UncheckedIOException if the hub cannot be reached, or fails
   */
  public Path folder(HubName model) {
    return cached(model).orElseGet(() -> fetch(model));
  }

  /**
   * Asks the hub what commit the revision is now, and fetches that if it is not there.
   *
   * @throws InvalidInputException see {@link #folder}
   */
  public Path fetch(HubName model) {
    if (settings.offline()) {
      throw failures.offline(model, cache);
    }
    try {
      HubListing listing = list(model);
      Path folder = fetch(model.at(listing.commit()), listing.files());
      cache.keepCommit(model, listing.commit()); // not before its files are there
      return folder;
    } catch (IOException e) {
      throw failures.of(model, e);
    }
  }

  /** A version that changes while it is fetched is asked for once more. */
  private Path fetch(HubName pinned, Set<String> files) throws IOException {
    for (int tries = 0; ; tries++) {
      try {
        return new SnapshotFetch(settings, cache, web, retries, listener, pinned).run(files);
      } catch (ChangedException e) {
        if (tries > 0) {
          throw e;
        }
        listener.remarked(e.getMessage() + "; fetching it once more");
      }
    }
  }

  /** The models in the cache, fetched by any program. */
  public List<CachedSnapshot> cached() {
    return new CacheContents(cache).snapshots();
  }

  /**
   * Deletes a model from the cache: one commit, where a revision is named, else all of it.
   *
   * @param model its name
   * @param all whether all commits go
   * @return how many bytes are free now; empty if the cache holds no such model
   */
  public OptionalLong remove(HubName model, boolean all) {
    return new CacheContents(cache).remove(model, all);
  }

  private Optional<Path> cached(HubName model) {
    return cache
        .commit(model)
        .map(commit -> cache.snapshot(model, commit))
        .filter(NeededFiles::areIn);
  }

  private HubListing list(HubName model) throws IOException {
    URI uri =
        URI.create(
            "%s/api/models/%s/revision/%s"
                .formatted(settings.endpoint(), model.repository(), encoded(model.revision())));
    return HubListing.parse(web.text(uri, LARGEST_LISTING, retries, listener), uri);
  }

  /** A part of an address, with what has a meaning there replaced. */
  static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
