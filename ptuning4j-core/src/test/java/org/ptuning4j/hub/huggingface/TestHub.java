package org.ptuning4j.hub.huggingface;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.hub.download.AccessToken;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.TestServer;
import org.ptuning4j.hub.download.WebClient;

/**
 * A hub in small: two servers, one for repositories and small files, one for large files, to which
 * the first redirects.
 */
final class TestHub implements AutoCloseable {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String SECRET = "hf_secretSecretSecret";

  final TestServer hub = new TestServer();
  final TestServer storage = new TestServer();
  final List<Duration> pauses = new ArrayList<>();
  final List<String> remarks = java.util.Collections.synchronizedList(new ArrayList<>());

  private final String repository;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  TestHub(String repository) {
    this.repository = repository;
    list(COMMIT);
  }

  /** A repository that can be loaded, as far as its files' names go. */
  static TestHub withModel(String repository) {
    TestHub hub = new TestHub(repository);
    hub.small("config.json", "{\"model_type\": \"bert\"}");
    hub.small("tokenizer.json", "{}");
    hub.small("tokenizer_config.json", "{\"do_lower_case\": true}");
    hub.large("model.safetensors", bytes(200_000));
    return hub;
  }

  static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(size).nextBytes(bytes);
    return bytes;
  }

  static String gitBlob(byte[] content) {
    byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(header, header.length + content.length);
    System.arraycopy(content, 0, all, header.length, content.length);
    return DigestUtils.sha1Hex(all);
  }

  /** A file that the hub itself serves. */
  void small(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    named(name, bytes);
    hub.file(
        path(name),
        bytes,
        TestServer.headers("ETag", "\"" + gitBlob(bytes) + "\"", "X-Repo-Commit", COMMIT));
  }

  /** A file in large-file storage. */
  void large(String name, byte[] content) {
    named(name, content);
    hub.page(path(name), redirect(name, content, DigestUtils.sha256Hex(content)));
    storage.file(stored(name), content, TestServer.headers("ETag", "\"of-the-storage\""));
  }

  /** The hub's redirect to the storage. */
  TestServer.Answering redirect(String name, byte[] content, String tag) {
    return TestServer.status(
        302,
        "Location",
        storage.uri(stored(name)) + "?signature=abc",
        "X-Repo-Commit",
        COMMIT,
        "X-Linked-Etag",
        "\"" + tag + "\"",
        "X-Linked-Size",
        String.valueOf(content.length));
  }

  /** Lists a name without a file behind it. */
  void named(String name, byte[] content) {
    files.put(name, content);
    list(COMMIT);
  }

  void list(String commit) {
    String siblings =
        files.keySet().stream()
            .map(name -> "{\"rfilename\": \"" + name + "\"}")
            .collect(Collectors.joining(", "));
    String json = "{\"sha\": \"" + commit + "\", \"siblings\": [" + siblings + "]}";
    for (String revision : List.of("main", commit, "v1.0", "refs%2Fpr%2F1")) {
      hub.file(api(revision), json.getBytes(StandardCharsets.UTF_8), Map.of());
    }
  }

  String api(String revision) {
    return "/api/models/" + repository + "/revision/" + revision;
  }

  String path(String name) {
    return "/" + repository + "/resolve/" + COMMIT + "/" + name;
  }

  String stored(String name) {
    return "/storage/" + name;
  }

  byte[] content(String name) {
    return files.get(name);
  }

  HubSettings settings(Path cache) {
    return new HubSettings(hub.uri(), cache, Optional.empty(), false, true, Duration.ofSeconds(20));
  }

  HubSettings withToken(Path cache) {
    URI endpoint = hub.uri();
    return new HubSettings(
        endpoint,
        cache,
        Optional.of(new AccessToken(endpoint, SECRET)),
        false,
        true,
        Duration.ofSeconds(20));
  }

  HubModels models(Path cache) {
    return models(settings(cache));
  }

  HubModels models(HubSettings settings) {
    return models(
        settings,
        new DownloadListener() {
          @Override
          public void remarked(String line) {
            remarks.add(line);
          }
        });
  }

  HubModels models(HubSettings settings, DownloadListener listener) {
    Retries retries =
        new Retries(
            4,
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            pause -> {
              synchronized (pauses) {
                pauses.add(pause);
              }
            });
    WebClient web = new WebClient(Map.of(), settings.token(), settings.patience());
    return new HubModels(settings, web, retries, listener);
  }

  @Override
  public void close() {
    hub.close();
    storage.close();
  }
}
