package org.ptuning4j.task.cloze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec.Length;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.text.TextTokenizer;

/** In decoders a wording is as likely as its tokens are, one after the other. */
class ContinuedWordingsTest {

  private static final ClozeTemplate TEMPLATE = ClozeTemplate.parse("{text_a} It was {mask}");
  private static final Map<String, String> FIELDS = Map.of("text_a", "the dog");

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void theHeadsOfWordsAgreeWithTheLanguageModel(String family) {
    try (Backbone backbone = new TinyFamily(family).load(temp);
        TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 32, Direction.CAUSAL);
      Scope.run(
          () -> {
            int[] before = TEMPLATE.render(FIELDS, encoder).row().ids();
            int[] longer = {31, 32, 33};
            int[] shorter = {40};
            double[] expected = {
              likely(backbone, before, longer), likely(backbone, before, shorter)
            };
            float[] found = candidates(backbone, encoder, longer, shorter);
            assertThat((double) found[0]).isCloseTo(expected[0], within(1e-4));
            assertThat((double) found[1]).isCloseTo(expected[1], within(1e-4));
            float[] labels = labels(backbone, encoder, 40, 41);
            double difference = expected[1] - likely(backbone, before, new int[] {41});
            assertThat((double) labels[0] - labels[1]).isCloseTo(difference, within(1e-4));
          });
    }
  }

  /** Through the head over wordings; rows of different lengths in one batch. */
  private static float[] candidates(Backbone backbone, ItemEncoder encoder, int[]... wordings) {
    List<RenderedCloze> rendered =
        Arrays.stream(wordings).map(each -> TEMPLATE.render(FIELDS, encoder, each)).toList();
    Item item =
        Item.ofWordings(
            rendered.stream().map(RenderedCloze::row).toList(),
            rendered.stream().map(RenderedCloze::reads).toList(),
            List.of(wordings));
    try (Head head = new CandidateHeadSpec(Length.SUM).create(backbone, RandomStream.of(1))) {
      return head.split(scores(backbone, head, item), List.of(item)).get(0);
    }
  }

  private static float[] labels(Backbone backbone, ItemEncoder encoder, int one, int other) {
    Item item = Item.of(TEMPLATE.render(FIELDS, encoder).row());
    VerbalizerHeadSpec spec = new VerbalizerHeadSpec(List.of(List.of(one), List.of(other)), false);
    try (Head head = spec.create(backbone, RandomStream.of(1))) {
      return head.split(scores(backbone, head, item), List.of(item)).get(0);
    }
  }

  private static Tensor scores(Backbone backbone, Head head, Item item) {
    Tensor states =
        backbone
            .forward(
                TokenBatch.of(item.rows(), 0),
                Injection.none(),
                ForwardOptions.evaluation(head.reads()))
            .lastHidden();
    return head.scores(new HeadInput(backbone, states, List.of(item), Dropout.off()));
  }

  /** The logarithm of the wording's probability, a pass for each of its tokens. */
  private static double likely(Backbone backbone, int[] before, int[] wording) {
    double sum = 0;
    int[] row = before;
    for (int token : wording) {
      TokenRow read = TokenRow.of(row, new int[row.length]).withAnchor(row.length - 1);
      Tensor state =
          backbone
              .forward(
                  TokenBatch.of(List.of(read), 0),
                  Injection.none(),
                  ForwardOptions.evaluation(Positions.ANCHOR))
              .first();
      Tensor words = torch.log_softmax(backbone.languageModel().logits(state), -1);
      sum += Tensors.floats(words)[token];
      row = Arrays.copyOf(row, row.length + 1);
      row[row.length - 1] = token;
    }
    return sum;
  }
}
