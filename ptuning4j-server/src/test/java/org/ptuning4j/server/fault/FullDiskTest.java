package org.ptuning4j.server.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.registry.RegistryPacks;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.server.TestPacks;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.ServerSettings;

/**
 * A registry on a disk that is full: nothing is half published, and what is served goes on. Needs a
 * small file system, which only an administrator can make; skipped for others.
 */
class FullDiskTest {

  @TempDir Path folder;

  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()))
        .as("a small file system can be made")
        .isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command here
    }
  }

  @Test
  void nothingIsHalfPublishedAndWhatIsServedGoesOn() throws IOException {
    Registry registry = Registry.openOrCreate(disk.resolve("registry"));
    registry.publish(TestPacks.reviews(), "mood", "", Optional.empty());
    registry.promote(PackReference.of("mood", 1), "prod");
    Path filler = disk.resolve("filler");
    try (FollowedRegistry followed =
            new FollowedRegistry(
                new RegistryPacks(registry.folder(), Optional.of("prod"), Trust.anyone()),
                Duration.ofMillis(100));
        TestServer server = TestServer.over(followed, ServerSettings.standard())) {
      assertThat(label(server)).isEqualTo("good");
      fill(filler);
      assertThatThrownBy(() -> registry.publish(TestPacks.contrary(), "mood", "", Optional.empty()))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(registry.versions("mood")).hasSize(1);
      assertThat(registry.folder().resolve("packs/mood").toFile().list())
          .containsExactlyInAnyOrder("1", "state.json");
      assertThatThrownBy(() -> registry.promote(PackReference.of("mood", 1), "next"))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(label(server)).isEqualTo("good");
      Files.delete(filler);
      assertThat(
              registry
                  .publish(TestPacks.contrary(), "mood", "", Optional.empty())
                  .facts()
                  .version())
          .isEqualTo(2);
      assertThat(registry.history()).hasSize(3);
      assertThat(List.of(registry.verified(PackReference.of("mood", 2), Trust.anyone())))
          .hasSize(1);
    }
  }

  private static String label(TestServer server) {
    return server
        .client()
        .post("/v1/predict", "{\"task\":\"mood\",\"text\":\"A great film.\"}")
        .json()
        .at("/answer/label")
        .asText();
  }

  /** Until not another byte goes in. */
  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[256]);
      }
    } catch (IOException full) {
      assertThat(Files.size(file)).isPositive();
    }
  }
}
