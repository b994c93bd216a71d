package org.ptuning4j.hub.download;

import java.io.IOException;
import java.net.URI;

/** A server refused a request. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final URI uri;
  private final int status;
  private final String code;

  /**
   * A refusal.
   *
   * @param uri what was asked for
   * @param status HTTP's number
   * @param code the server's own word for the reason ({@code X-Error-Code}); empty if it has none
   */
  public RefusedException(URI uri, int status, String code) {
    super(withoutQuery(uri) + " answers " + status + (code.isEmpty() ? "" : " (" + code + ")"));
    this.uri = uri;
    this.status = status;
    this.code = code;
  }

  /** An address without its query, which may hold a signature. */
  static String withoutQuery(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  /** What was asked for. */
  public URI uri() {
    return uri;
  }

  /** HTTP's number. */
  public int status() {
    return status;
  }

  /** The server's own word for the reason, such as {@code GatedRepo}; empty if it gave none. */
  public String code() {
    return code;
  }
}
