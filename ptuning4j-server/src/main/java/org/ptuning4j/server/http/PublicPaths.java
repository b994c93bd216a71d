package org.ptuning4j.server.http;

import java.util.List;
import java.util.Set;

/** Addresses that need no key. */
final class PublicPaths {

  private static final List<String> HEALTH = List.of("/health/", "/v2/health/");
  private static final Set<String> PAGES = Set.of("/", "/openapi.json", "/docs");
  private static final String PAGE_FILES = "/page/";

  private PublicPaths() {}

  /** Whether it asks how the server is. */
  static boolean isHealth(String path) {
    return HEALTH.stream().anyMatch(path::startsWith);
  }

  /** Whether it needs no key: health, and what is the same on every server. */
  static boolean isPublic(String path) {
    return isHealth(path) || PAGES.contains(path) || path.startsWith(PAGE_FILES);
  }
}
