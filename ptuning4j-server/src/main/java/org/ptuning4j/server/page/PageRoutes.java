package org.ptuning4j.server.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.server.http.Routes;

/**
 * The page's files. They are named here one by one and read once, so that no request names a file.
 */
public final class PageRoutes implements Routes {

  /** What a browser may load for the page: this server's own files, and nothing within them. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final Map<String, String> FILES = files();

  private final Map<String, byte[]> contents = new LinkedHashMap<>();

  /** Reads the files. */
  public PageRoutes() {
    FILES.values().forEach(file -> contents.put(file, read(file)));
  }

  private static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("/", "index.html");
    files.put("/docs", "docs.html");
    files.put("/openapi.json", "openapi.json");
    for (String file :
        new String[] {
          "style.css",
          "icon.svg",
          "main.js",
          "api.js",
          "dom.js",
          "answers.js",
          "packs.js",
          "docs.js"
        }) {
      files.put("/page/" + file, file);
    }
    return files;
  }

  private static byte[] read(String file) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void addTo(RoutesConfig routes) {
    FILES.forEach((address, file) -> routes.get(address, ctx -> send(ctx, file)));
  }

  private void send(Context ctx, String file) {
    ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    ctx.header("Cross-Origin-Opener-Policy", "same-origin");
    ctx.header("Cross-Origin-Resource-Policy", "same-origin");
    ctx.header("Cache-Control", "no-cache");
    ctx.contentType(type(file)).result(contents.get(file));
  }

  private static String type(String file) {
    return switch (file.substring(file.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".js" -> "text/javascript; charset=utf-8";
      case ".svg" -> "image/svg+xml";
      default -> "application/json";
    };
  }
}
