package org.ptuning4j.tensor.file;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The small files under {@code src/test/resources/tensor}; {@code fixtures.py} there made them. */
public final class Resources {

  private Resources() {}

  public static Path path(String name) {
    URL url = Resources.class.getResource("/tensor/" + name);
    try {
      return Path.of(Objects.requireNonNull(url, name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
