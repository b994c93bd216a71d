package org.ptuning4j.server.http;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.json.StrictJson;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Reads bodies of JSON within limits of size and time. A body that is announced as too long is not
 * read at all, and memory grows only with what has come.
 *
 * @param limits as they are at present
 */
public record BodyReader(Supplier<Limits> limits) {

  private static final int CHUNK = 8192;

  /**
   * The object that a request's body is.
   *
   * @throws ProblemException if it is none, or goes beyond a limit
   */
  public Map<String, Object> object(Context ctx) {
    Limits now = limits.get();
    return new StrictJson(now.json()).object(bytes(ctx, now));
  }

  private static byte[] bytes(Context ctx, Limits limits) {
    requireJson(ctx);
    int most = limits.of(Limit.BODY_BYTES);
    if (ctx.req().getContentLengthLong() > most) {
      throw tooLong(ctx, most);
    }
    long end = System.nanoTime() + limits.seconds(Limit.BODY_SECONDS).toNanos();
    try {
      return read(ctx, most, end);
    } catch (IOException e) {
      // Only the time runs out while the connection stands; of a broken one nothing can be said.
      throw closing(ctx, tooSlow());
    }
  }

  private static byte[] read(Context ctx, int most, long end) throws IOException {
    InputStream in = ctx.req().getInputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
      all.write(chunk, 0, count);
      if (all.size() > most) {
        throw tooLong(ctx, most);
      }
      if (System.nanoTime() - end > 0) {
        throw closing(ctx, tooSlow());
      }
    }
    return all.toByteArray();
  }

  private static void requireJson(Context ctx) {
    String encoding = ctx.header(Header.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw closing(
          ctx,
          ProblemDetails.ofValue(
              ProblemKind.UNSUPPORTED_MEDIA_TYPE,
              Header.CONTENT_ENCODING,
              encoding,
              "compressed bodies are not read; send the JSON as it is"));
    }
    String type = ctx.header(Header.CONTENT_TYPE);
    if (type == null || !isJson(type.toLowerCase(Locale.ROOT).replace(" ", ""))) {
      throw closing(
          ctx,
          ProblemDetails.ofValue(
              ProblemKind.UNSUPPORTED_MEDIA_TYPE,
              Header.CONTENT_TYPE,
              type,
              "the body must be application/json in UTF-8; with curl: --json '{…}'"));
    }
  }

  private static boolean isJson(String type) {
    return type.equals("application/json")
        || type.equals("application/json;charset=utf-8")
        || type.equals("application/json;charset=\"utf-8\"");
  }

  private static ProblemException tooLong(Context ctx, int most) {
    return closing(
        ctx,
        ProblemDetails.of(
            ProblemKind.TOO_LARGE, "the body is longer than the " + most + " bytes that are read"));
  }

  private static ProblemDetails tooSlow() {
    return ProblemDetails.of(ProblemKind.BODY_TOO_SLOW, "the body did not come in time");
  }

  /** What is left of the body is not read, so the connection cannot go on. */
  private static ProblemException closing(Context ctx, ProblemDetails problem) {
    ctx.header(Header.CONNECTION, "close");
    return problem.exception();
  }
}
