package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.AccessToken;

/**
 * Where the hub and its cache are, according to the variables that Hugging Face's own library
 * reads.
 *
 * @param endpoint the hub's address, {@code HF_ENDPOINT}
 * @param cache {@code HF_HUB_CACHE}, or {@code hub} within {@code HF_HOME}
 * @param token {@code HF_TOKEN}, or what the token's file holds; sent to the endpoint only
 * @param offline {@code HF_HUB_OFFLINE}: nothing is fetched
 * @param symlinks false where {@code HF_HUB_DISABLE_SYMLINKS} asks for copies
 * @param patience {@code HF_HUB_DOWNLOAD_TIMEOUT}: how long to wait for bytes
 */
public record HubSettings(
    URI endpoint,
    Path cache,
    Optional<AccessToken> token,
    boolean offline,
    boolean symlinks,
    Duration patience) {

  private static final String PUBLIC_HUB = "https://huggingface.co";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)\\}|(\\w+))");
  private static final int LONGEST_TOKEN = 4096;

  /**
   * The settings of an environment.
   *
   * @param environment the process's variables
   * @param home the user's folder
   * @throws InvalidInputException if a variable has a value that cannot be used
   */
  public static HubSettings of(Map<String, String> environment, Path home) {
    Variables variables = new Variables(environment, home);
    URI endpoint = endpoint(variables.text("HF_ENDPOINT").orElse(PUBLIC_HUB));
    Path hfHome =
        variables
            .path("HF_HOME")
            .orElseGet(
                () ->
                    variables
                        .path("XDG_CACHE_HOME")
                        .orElse(home.resolve(".cache"))
                        .resolve("huggingface"));
    Path cache =
        variables
            .path("HF_HUB_CACHE")
            .or(() -> variables.path("HUGGINGFACE_HUB_CACHE"))
            .orElse(hfHome.resolve("hub"));
    Path tokenFile = variables.path("HF_TOKEN_PATH").orElse(hfHome.resolve("token"));
    Optional<String> token =
        variables.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")
            ? Optional.empty()
            : variables
                .text("HF_TOKEN")
                .or(() -> variables.text("HUGGING_FACE_HUB_TOKEN"))
                .map(HubSettings::clean)
                .filter(value -> !value.isEmpty())
                .or(() -> read(tokenFile));
    return new HubSettings(
        endpoint,
        cache,
        token.map(value -> new AccessToken(endpoint, checked(value))),
        isOffline(environment),
        !variables.isTrue("HF_HUB_DISABLE_SYMLINKS"),
        variables.text("HF_HUB_DOWNLOAD_TIMEOUT").map(HubSettings::seconds).orElse(PATIENCE));
  }

  /** Whether the environment forbids fetching. */
  public static boolean isOffline(Map<String, String> environment) {
    Variables variables = new Variables(environment, Path.of(""));
    return variables.isTrue("HF_HUB_OFFLINE") || variables.isTrue("TRANSFORMERS_OFFLINE");
  }

  /** Variables, read as Python's library reads them. */
  private record Variables(Map<String, String> environment, Path home) {

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    boolean isTrue(String name) {
      return text(name).map(value -> TRUE.contains(value.toUpperCase(Locale.ROOT))).orElse(false);
    }

    /** A path, in which {@code ~} and variables are replaced. */
    Optional<Path> path(String name) {
      return text(name)
          .map(
              value -> {
                String expanded = expand(value);
                boolean inHome = expanded.equals("~") || expanded.startsWith("~/");
                return inHome
                    ? home.resolve(expanded.substring(Math.min(2, expanded.length())))
                    : Path.of(expanded);
              });
    }

    private String expand(String value) {
      return VARIABLE
          .matcher(value)
          .replaceAll(
              found -> {
                String named = found.group(1) == null ? found.group(2) : found.group(1);
                return Matcher.quoteReplacement(environment.getOrDefault(named, found.group()));
              });
    }
  }

  private static URI endpoint(String text) {
    try {
      URI uri = URI.create(text.strip().replaceAll("/+$", ""));
      boolean web =
          Stream.of("http", "https").anyMatch(scheme -> scheme.equalsIgnoreCase(uri.getScheme()));
      if (web && uri.getHost() != null && uri.getQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw noEndpoint(text, e);
    }
    throw noEndpoint(text, null);
  }

  private static InvalidInputException noEndpoint(String text, Exception cause) {
    return new InvalidInputException(
        "HF_ENDPOINT is '" + text + "'; an address such as https://hub.example.com is expected",
        cause);
  }

  private static Duration seconds(String text) {
    if (!text.strip().matches("[1-9]\\d{0,5}")) {
      throw InvalidInputException.of(
          "HF_HUB_DOWNLOAD_TIMEOUT is '%s'; a whole number of seconds, 1 or more, is expected",
          text);
    }
    return Duration.ofSeconds(Long.parseLong(text.strip()));
  }

  private static Optional<String> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_TOKEN) {
        return Optional.empty();
      }
      return Optional.of(clean(Files.readString(file, StandardCharsets.UTF_8)))
          .filter(value -> !value.isEmpty());
    } catch (IOException e) {
      throw new InvalidInputException(
          "the hub's token in " + file + " cannot be read; delete the file, or set HF_TOKEN", e);
    }
  }

  private static String clean(String token) {
    return token.replace("\r", "").replace("\n", "").strip();
  }

  /** The value is not shown, here or anywhere. */
  private static String checked(String token) {
    if (!token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new InvalidInputException(
          "HF_TOKEN, or the token's file, holds spaces or characters that no token has");
    }
    return token;
  }
}
