package org.ptuning4j.tensor.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few kilobytes in memory. Where it cannot be mounted the test is skipped. */
public record SmallDisk(Path folder) implements AutoCloseable {

  /** Mounts it in a new folder {@code disk}; aborts the test where that cannot be done. */
  public static SmallDisk mount(Path parent, int kibibytes) throws IOException {
    Path folder = Files.createDirectory(parent.resolve("disk"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", folder.toString());
    Assumptions.assumeTrue(
        mounted, "skipped: mounting a small tmpfs needs Linux and the right to mount");
    return new SmallDisk(folder);
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // There is no such program.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    if (!run("umount", folder.toString())) {
      throw new IllegalStateException("cannot unmount " + folder);
    }
  }
}
