package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

/** Where a registry may be said to be. */
class OpenedRegistryTest {

  @TempDir private Path work;

  private OpenedRegistry open(String place) {
    return OpenedRegistry.of(place, work.resolve("caches"), Duration.ofHours(1));
  }

  @Test
  void aFolderIsOne() {
    Path folder = work.resolve("registry");
    try (OpenedRegistry opened = open(folder.toString())) {
      assertThatThrownBy(opened::registry).hasMessageContaining("is no registry");
      assertThat(opened.registryOrNew().names()).isEmpty();
      assertThat(opened.registry().folder()).isEqualTo(folder);
      assertThat(opened.folder()).isEqualTo(folder);
    }
  }

  /** The module for buckets is not on this class path. */
  @Test
  void anAddressThatNothingKnowsSaysWhatToAdd() {
    assertThatThrownBy(() -> open("s3://packs/production"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "registry: s3://packs/production is in a bucket, for which"
                + " org.ptuning4j:ptuning4j-registry-s3 has to be on the class path"
                + " (docs/registry.md says how)");
    assertThatThrownBy(() -> open("ftp://packs"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'ftp://packs' begins with ftp://, which nothing on the class path");
  }
}
