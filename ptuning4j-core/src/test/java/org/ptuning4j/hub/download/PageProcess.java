package org.ptuning4j.hub.download;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Asks for a page in a process of its own: the JDK reads some properties only once. */
public final class PageProcess {

  private PageProcess() {}

  /** Takes the address. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    new WebClient(System.getenv(), Optional.empty(), Duration.ofSeconds(10))
        .text(URI.create(arguments[0]), 100);
  }
}
