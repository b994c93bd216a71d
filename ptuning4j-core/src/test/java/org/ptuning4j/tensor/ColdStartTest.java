package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.ChildJvm;
import org.ptuning4j.tensor.engine.Engine;

/** Processes that unpack the native libraries into one empty cache at the same time. */
class ColdStartTest {

  @TempDir Path temp;

  /** Multiplies two matrices, so that every library is needed. */
  public static final class Product {

    private Product() {}

    /** No arguments. */
    public static void main(String[] arguments) {
      double sum =
          Scope.run(
              () -> {
                Engine engine = Engine.reference();
                return engine
                    .linear(torch.ones(8, 8), torch.ones(8, 8), torch.ones(8))
                    .sum()
                    .item_double();
              });
      System.out.println("sum " + sum);
    }
  }

  @Tag("ci")
  @Test
  void bothStart() {
    start(1, 2);
  }

  @Tag("long")
  @Test
  void allOfThemStart() {
    start(2, 3);
  }

  private void start(int rounds, int processes) {
    for (int round = 0; round < rounds; round++) {
      Path cache = temp.resolve("cache-" + round);
      List<ChildJvm> children = new ArrayList<>();
      try {
        for (int i = 0; i < processes; i++) {
          children.add(
              ChildJvm.start(
                  temp.resolve("log-" + round + "-" + i),
                  Product.class,
                  List.of("-Dorg.bytedeco.javacpp.cachedir=" + cache),
                  Map.of("XDG_CACHE_HOME", temp.resolve("xdg-" + round).toString()),
                  List.of()));
        }
        for (ChildJvm child : children) {
          assertThat(child.exitCode()).as(child.output()).isZero();
          assertThat(child.output()).contains("sum 576.0");
        }
        assertThat(cache).isNotEmptyDirectory();
      } finally {
        children.forEach(ChildJvm::close);
      }
    }
  }
}
