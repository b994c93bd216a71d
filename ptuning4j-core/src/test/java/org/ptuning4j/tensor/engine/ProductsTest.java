package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Node;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;

/** Which kernel computes a product, told from the graph: results do not show it, only time does. */
class ProductsTest {

  private static final String CONVOLUTION = "ConvolutionBackward0";

  @BeforeAll
  static void start() {
    assumeTrue(Torch.threads() > 1, "libtorch has one thread here");
    assumeTrue(Torch.blasThreads() == 1, "OpenBLAS has threads of its own here");
  }

  private static Set<String> linear(Linear preferred, long rows, Dtype dtype) {
    return Scope.run(
        () -> {
          Tensor x = torch.randn(rows, 256).to(dtype.scalarType());
          Tensor weight = torch.randn(256, 256).to(dtype.scalarType()).set_requires_grad(true);
          Tensor bias = torch.randn(256).to(dtype.scalarType());
          return nodes(Products.linear(preferred, x, weight, new TensorOptional(bias)));
        });
  }

  private static Set<String> nodes(Tensor result) {
    Set<String> names = new LinkedHashSet<>();
    collect(result.grad_fn(), names);
    return names;
  }

  private static void collect(Node node, Set<String> names) {
    names.add(node.name().getString());
    for (long i = 0; i < node.num_outputs(); i++) {
      Node next = node.next_edge(i).function();
      if (next != null && !next.isNull()) {
        collect(next, names);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Linear.class)
  void aLargeFp32ProductUsesAllThreadsWhateverThePlanSays(Linear preferred) {
    assertThat(linear(preferred, 240, Dtype.F32)).contains(CONVOLUTION);
  }

  @ParameterizedTest
  @EnumSource(Linear.class)
  void aSmallOneAndOneInBf16AreLibtorchsOwn(Linear preferred) {
    assertThat(linear(preferred, 16, Dtype.F32)).doesNotContain(CONVOLUTION);
    assertThat(linear(preferred, 240, Dtype.BF16)).doesNotContain(CONVOLUTION);
  }

  @Test
  void productsOfAttentionUseAllThreads() {
    KernelPlan plan = new KernelPlan(Linear.CONVOLUTION, Attention.MATMUL, Attention.MATMUL);
    Set<String> nodes =
        Scope.run(
            () -> {
              Tensor query = torch.randn(16, 4, 32, 64).set_requires_grad(true);
              Tensor key = torch.randn(16, 4, 48, 64);
              Tensor value = torch.randn(16, 4, 48, 64);
              return nodes(
                  Engine.withPlan(plan)
                      .attention(query, key, value, Optional.empty(), 1, Dropout.off(), 0));
            });

    assertThat(nodes).contains(CONVOLUTION).doesNotContain("BmmBackward0");
  }

  @Test
  void aThreadWithoutOthersCallsLibtorch() {
    try (SideBySide halves = SideBySide.of(Engine.reference()).orElseThrow()) {
      assumeTrue(Torch.threads() == 2, "half of the threads are more than one here");

      List<Set<String>> nodes =
          halves.run(List.of(() -> linear(Linear.CONVOLUTION, 240, Dtype.F32)));

      assertThat(nodes.get(0)).doesNotContain(CONVOLUTION);
    }
  }
}
