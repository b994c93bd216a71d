package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.Checksum;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.EntityTag;
import org.ptuning4j.hub.download.FileDownload;
import org.ptuning4j.hub.download.ParallelDownloads;
import org.ptuning4j.hub.download.ParallelDownloads.Download;
import org.ptuning4j.hub.download.ProcessLock;
import org.ptuning4j.hub.download.RemoteFile;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches the files that a model is loaded from, at one commit, into the cache. */
final class SnapshotFetch {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFetch.class);

  private final HubSettings settings;
  private final HubCache cache;
  private final WebClient web;
  private final Retries retries;
  private final DownloadListener listener;
  private final HubName model;
  private final Path snapshot;

  /**
   * One fetch.
   *
   * @param model the model at a commit
   */
  SnapshotFetch(
      HubSettings settings,
      HubCache cache,
      WebClient web,
      Retries retries,
      DownloadListener listener,
      HubName model) {
    this.settings = settings;
    this.cache = cache;
    this.web = web;
    this.retries = retries;
    this.listener = listener;
    this.model = model;
    this.snapshot = cache.snapshot(model, model.revision());
  }

  /** A file, and the tag that names its blob. */
  private record Wanted(RemoteFile file, String tag) {}

  /**
   * Fetches.
   *
   * @param available the files that the repository holds
   * @return the model's folder
   */
  Path run(Set<String> available) throws IOException {
    List<String> names = new ArrayList<>(NeededFiles.of(model, available));
    String weights = names.get(names.size() - 1);
    if (NeededFiles.isIndex(weights)) {
      fetch(List.of(weights));
      Set<String> shards = NeededFiles.shards(snapshot.resolve(weights));
      requireAvailable(shards, available, weights);
      names.addAll(shards);
    }
    fetch(names);
    return snapshot;
  }

  private void requireAvailable(Set<String> shards, Set<String> available, String index) {
    List<String> missing = shards.stream().filter(name -> !available.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw InvalidInputException.of(
          "model: %s: %s names %s, which the model does not hold",
          model, index, String.join(", ", missing));
    }
  }

  /** Fetches the bytes of all at once; then places them, the weights last. */
  private void fetch(List<String> names) throws IOException {
    List<String> missing =
        names.stream().filter(name -> !Files.isRegularFile(snapshot.resolve(name))).toList();
    if (missing.isEmpty()) {
      return;
    }
    Map<String, Wanted> described = new ConcurrentHashMap<>();
    ParallelDownloads.run(
        missing.stream()
            .map(name -> (Download) () -> described.put(name, describe(name)))
            .toList());
    Map<String, List<Wanted>> byTag =
        missing.stream()
            .map(described::get)
            .collect(Collectors.groupingBy(Wanted::tag, LinkedHashMap::new, Collectors.toList()));
    Set<String> fresh = fetchBytes(byTag.values().stream().map(same -> same.get(0)).toList());
    for (String name : missing) {
      String tag = described.get(name).tag();
      boolean movable = fresh.contains(tag) && byTag.get(tag).size() == 1;
      cache.place(cache.blob(model, tag), snapshot.resolve(name), movable);
    }
  }

  private Wanted describe(String name) throws IOException {
    String path =
        Arrays.stream(name.split("/", -1)).map(HubModels::encoded).collect(Collectors.joining("/"));
    URI uri =
        URI.create(
            "%s/%s/resolve/%s/%s"
                .formatted(settings.endpoint(), model.repository(), model.revision(), path));
    HttpHeaders headers = web.describe(uri, retries, listener);
    Optional<String> tag = EntityTag.of(headers);
    if (tag.isEmpty() || EntityTag.size(headers).isEmpty()) {
      throw InvalidInputException.of(
          "model: %s does not say %s of %s, as a hub does; see whether HF_ENDPOINT is right, and"
              + " whether a proxy stands between",
          uri.getHost(), tag.isEmpty() ? "the version (ETag)" : "the size", name);
    }
    long size = EntityTag.size(headers).getAsLong();
    return new Wanted(new RemoteFile(name, uri, tag, size, Checksum.ofTag(tag.get())), tag.get());
  }

  /** Fetches what is missing, and returns its tags. */
  private Set<String> fetchBytes(Collection<Wanted> wanted) throws IOException {
    long bytes = wanted.stream().mapToLong(each -> each.file().size()).sum();
    long present = wanted.stream().mapToLong(this::present).sum();
    requireSpace(bytes - present);
    Set<String> fresh = ConcurrentHashMap.newKeySet();
    Function<Wanted, Download> download =
        each ->
            () -> {
              if (fetchBytes(each)) {
                fresh.add(each.tag());
              }
            };
    listener.started(model.repository(), bytes, present);
    try {
      ParallelDownloads.run(wanted.stream().map(download).toList());
    } finally {
      listener.finished();
    }
    return fresh;
  }

  private long present(Wanted each) {
    long size = each.file().size();
    long whole = FileDownload.present(cache.blob(model, each.tag()), size);
    return whole == size ? whole : FileDownload.present(cache.incomplete(model, each.tag()), size);
  }

  private void requireSpace(long bytes) throws IOException {
    Files.createDirectories(cache.root());
    long free = Files.getFileStore(cache.root()).getUsableSpace();
    if (free > 0 && free < bytes) {
      throw InvalidInputException.of(
          "model: %s needs %,d MB more in %s, where %,d MB are free; make room, or set HF_HUB_CACHE"
              + " to a folder on another disk",
          model, bytes / 1_000_000, cache.root(), free / 1_000_000);
    }
  }

  /** Fetches one file's bytes; false if they were there, or another process fetched them. */
  private boolean fetchBytes(Wanted each) throws IOException {
    Path blob = cache.blob(model, each.tag());
    Files.createDirectories(blob.getParent());
    try (ProcessLock lock = ProcessLock.acquire(cache.lock(model, each.tag()), listener)) {
      LOG.debug("{} is held", lock.file());
      if (Files.isRegularFile(blob) && Files.size(blob) == each.file().size()) {
        return false;
      }
      new FileDownload(web, retries, listener)
          .fetch(each.file(), cache.incomplete(model, each.tag()), blob);
      return true;
    }
  }
}
