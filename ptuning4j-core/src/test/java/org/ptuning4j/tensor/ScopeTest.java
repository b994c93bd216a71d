package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;

/** Native memory: what a scope keeps, and that it gives back the rest. */
class ScopeTest {

  @BeforeAll
  static void start() {
    Torch.start();
  }

  @Test
  void keepsTheResultAndFreesTheRest() {
    List<Tensor> made = new ArrayList<>();
    Scope.run(
        () -> {
          Tensor kept =
              Scope.keep(
                  () -> {
                    made.add(torch.ones(4));
                    made.add(torch.ones(4));
                    return made.get(0).add(made.get(1));
                  });
          assertThat(made).allMatch(tensor -> tensor.isNull());
          assertThat(Tensors.floats(kept)).containsExactly(2, 2, 2, 2);
          made.add(kept);
        });
    assertThat(made).hasSize(3).allMatch(tensor -> tensor.isNull());
  }

  @Test
  void keepsSeveral() {
    Scope.run(
        () -> {
          List<Tensor> kept = Scope.keepAll(() -> List.of(torch.ones(1), torch.zeros(1)));
          assertThat(kept).noneMatch(tensor -> tensor.isNull());
          assertThat(Tensors.floats(kept.get(0).add(kept.get(1)))).containsExactly(1);
        });
  }

  /** The same tensor out of two scopes, and twice in one result. */
  @Test
  void keepsThroughNestedScopes() {
    List<Tensor> seen = new ArrayList<>();
    Scope.run(
        () -> {
          Tensor outer = Scope.keep(() -> Scope.keep(() -> Scope.keep(() -> torch.ones(2))));
          List<Tensor> twice = Scope.keepAll(() -> List.of(outer, outer));
          assertThat(Tensors.floats(outer)).containsExactly(1, 1);
          seen.add(outer);
          seen.addAll(twice);
        });
    assertThat(seen).allMatch(tensor -> tensor.isNull());
  }

  @Test
  void returnsTheArgumentUnharmed() {
    Scope.run(
        () -> {
          Tensor x = torch.ones(3);
          Tensor same = Scope.keep(() -> x);
          assertThat(same).isSameAs(x);
          assertThat(Tensors.floats(x)).containsExactly(1, 1, 1);
        });
  }

  @Test
  void freesWhenTheBlockThrows() {
    List<Tensor> made = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Scope.keep(
                    () -> {
                      made.add(torch.ones(2));
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    assertThat(made).hasSize(1).allMatch(tensor -> tensor.isNull());
    assertThat(PointerScope.getInnerScope()).as("scope left open").isNull();
  }

  @Test
  void ownedTensorsOutliveScopesUntilTheyAreReleased() {
    List<Tensor> owned = new ArrayList<>();
    Scope.run(
        () -> {
          owned.add(Scope.own(() -> torch.ones(2).add(torch.ones(2))));
          Scope.keep(() -> torch.ones(1));
        });
    assertThat(Tensors.floats(owned.get(0))).containsExactly(2, 2);
    Scope.release(owned.get(0));
    assertThat(owned).allMatch(tensor -> tensor.isNull());
    Scope.release(owned.get(0)); // twice is once
    Scope.release(null);
  }

  @Test
  void dropsBeforeTheScopeCloses() {
    Scope.run(
        () -> {
          Tensor x = torch.ones(2);
          Scope.drop(x);
          assertThat(x.isNull()).isTrue();
          assertThat(Tensors.floats(torch.ones(1))).containsExactly(1);
        });
  }

  @Test
  void leavesNoPointerBehind() {
    Scope.run(ScopeTest::busy); // loads classes that hold pointers for good
    long count = Pointer.totalCount();
    long bytes = Pointer.totalBytes();
    for (int i = 0; i < 20; i++) {
      Scope.run(ScopeTest::busy);
    }
    // at most: what other tests left to the garbage collector may go meanwhile
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
  }

  private static void busy() {
    Engine engine = Engine.withPlan(KernelPlan.plain());
    Tensor weight = RandomStream.of(1).gaussian(1, 8, 8).set_requires_grad(true);
    Tensor result =
        Scope.keep(
            () ->
                Dropout.from(RandomStream.of(2))
                    .apply(engine.linear(torch.ones(4, 8), weight, torch.ones(8)), 0.5));
    result.sum().backward();
    assertThat(Tensors.floats(weight.grad())).hasSize(64);
  }
}
