package org.ptuning4j.hub.download;

import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What headers say of a file's version and size. */
public final class EntityTag {

  /** The hub's own header: the tag of the file itself, not of the pointer to it. */
  static final String LINKED = "X-Linked-Etag";

  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

  private EntityTag() {}

  /**
   * The tag without quotes and the mark of weak ones, fit to name a file; empty if there is none,
   * or it holds other characters than letters, digits, dots and hyphens.
   */
  public static Optional<String> of(HttpHeaders headers) {
    return headers
        .firstValue(LINKED)
        .or(() -> headers.firstValue("ETag"))
        .map(tag -> tag.strip().replaceFirst("^W/", "").replaceAll("^\"+|\"+$", ""))
        .filter(tag -> SAFE.matcher(tag).matches() && !tag.contains(".."));
  }

  /** The size of the file in bytes. */
  public static OptionalLong size(HttpHeaders headers) {
    Optional<String> size = headers.firstValue("X-Linked-Size");
    if (size.isEmpty() && headers.firstValue("Location").isEmpty()) {
      size = headers.firstValue("Content-Length");
    }
    return size.map(String::strip).filter(text -> text.matches("\\d{1,18}")).stream()
        .mapToLong(Long::parseLong)
        .findFirst();
  }
}
