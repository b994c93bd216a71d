package org.ptuning4j.prompt.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/** For every method: what is trained is what is served, and a row's result is its own. */
class MethodInvarianceTest {

  private static final double TOLERANCE = 1e-4;

  private static List<Backbone> backbones;

  @BeforeAll
  static void load() {
    backbones =
        Stream.of("bert", "roberta", "distilbert", "electra", "albert", "deberta", "deberta_v2")
            .map(
                name ->
                    BackboneFamilies.standard()
                        .load(ModelFolder.open(TinyModel.folder(name)), Engine.reference()))
            .toList();
  }

  @AfterAll
  static void close() {
    backbones.forEach(Backbone::close);
  }

  static Stream<PromptMethod> methods() {
    return Stream.concat(SmallMethods.all(), Stream.of(new ManualPrompt(), new HeadOnly()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void batchMatesAndPaddingChangeNothing(PromptMethod method) {
    for (Backbone backbone : backbones) {
      Scope.run(
          () -> {
            try (PromptModule module = module(method, backbone)) {
              List<TokenRow> rows = SmallMethods.rows(method);
              Tensor together = trained(backbone, module, rows);
              for (int row = 0; row < rows.size(); row++) {
                assertClose(
                    "row " + row,
                    together.narrow(0, row, 1).narrow(1, 0, rows.get(row).length()),
                    trained(backbone, module, List.of(rows.get(row))),
                    TOLERANCE,
                    0);
              }
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void servesWhatWasTrained(PromptMethod method) {
    for (Backbone backbone : backbones) {
      Scope.run(
          () -> {
            try (PromptModule module = module(method, backbone)) {
              List<TokenRow> rows = SmallMethods.rows(method);
              Tensor trained = trained(backbone, module, rows);
              Optional<TrainedPrompt> flat = module.flatten();
              TokenBatch batch = TokenBatch.of(rows, padId(backbone));
              Injection served =
                  new MixedPrompts(backbone.spec(), backbone.engine())
                      .inject(batch, Collections.nCopies(rows.size(), flat));
              assertClose("served", forward(backbone, batch, served), trained, TOLERANCE, 0);
              flat.ifPresent(TrainedPrompt::close);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void counts(PromptMethod method) {
    Backbone backbone = backbones.get(0);
    Scope.run(
        () -> {
          try (PromptModule module = module(method, backbone)) {
            assertThat(module.parameters().stream().mapToLong(p -> p.count()).sum())
                .isEqualTo(method.parameterCount(backbone.spec()));
          }
        });
  }

  private static PromptModule module(PromptMethod method, Backbone backbone) {
    return method.create(SmallMethods.context(backbone.spec(), backbone.engine(), 7));
  }

  private static Tensor trained(Backbone backbone, PromptModule module, List<TokenRow> rows) {
    TokenBatch batch = TokenBatch.of(rows, padId(backbone));
    return forward(backbone, batch, module.inject(batch, Dropout.off()));
  }

  private static Tensor forward(Backbone backbone, TokenBatch batch, Injection injection) {
    return backbone
        .forward(batch, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static int padId(Backbone backbone) {
    return backbone.spec().modelType().equals("bert") ? 0 : 1;
  }
}
