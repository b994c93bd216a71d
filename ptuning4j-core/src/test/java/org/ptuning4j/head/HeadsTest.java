package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.Pooling;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.loss.LinearLoss;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec.Length;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;

/** Settings of heads, read and refused. */
class HeadsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BackboneSpec BARE = FakeBackbone.spec(false, false);
  private static final BackboneSpec FULL = FakeBackbone.spec(true, true);

  static Stream<HeadSpec> specs() {
    return Stream.concat(
        HeadCase.all().map(HeadCase::spec),
        Stream.of(
            LinearHeadSpec.sequence(7, SequenceInput.DENSE, 0.25), new TokenHeadSpec(9, 0.1)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void settingsSurviveJson(HeadSpec spec) throws JsonProcessingException {
    assertThat(Heads.standard().read(map(JSON.writeValueAsString(spec.settings()))))
        .isEqualTo(spec);
    assertThat(spec.settings()).containsEntry("kind", spec.kind());
    assertThat(Heads.standard().kinds()).contains(spec.kind());
  }

  @Test
  void everyKindHasACase() {
    assertThat(specs().map(HeadSpec::kind)).containsAll(Heads.standard().kinds());
  }

  @Test
  void wholeNumbersMayBeLong() {
    Map<String, Object> settings =
        Map.of("kind", "sequence", "labels", 3L, "input", "pooler", "dropout", 0);
    assertThat(Heads.standard().read(settings))
        .isEqualTo(LinearHeadSpec.sequence(3, SequenceInput.POOLER, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | head.kind: missing; known are candidates, choice",
        "{'kind': 3} | head.kind: '3' is not known",
        "{'kind': 'tree'} | head.kind: 'tree' is not known; known are candidates, choice",
        "{'kind': 'token', 'dropout': 0} | head.labels: missing",
        "{'kind': 'token', 'labels': 'x', 'dropout': 0} | head.labels: 'x' is not a whole number",
        "{'kind': 'token', 'labels': 2.5, 'dropout': 0} | head.labels: 2.5 is not a whole number",
        "{'kind': 'token', 'labels': 4294967298, 'dropout': 0} | head.labels: 4294967298 is not",
        "{'kind': 'token', 'labels': null, 'dropout': 0} | head.labels: missing",
        "{'kind': 'token', 'labels': 1, 'dropout': 0} | labels: 1; a classifier needs at least",
        "{'kind': 'token', 'labels': 2, 'dropout': 'x'} | head.dropout: 'x' is not a number",
        "{'kind': 'token', 'labels': 2, 'dropout': 1} | head dropout: 1.0 must lie in [0, 1)",
        "{'kind': 'token', 'labels': 2, 'dropout': 0, 'input': 'x'} | head.input: not a setting",
        "{'kind': 'regression', 'input': 'x', 'dropout': 0} | head.input: 'x' is not one of pooler",
        "{'kind': 'regression', 'input': 7, 'dropout': 0} | head.input: 7 is not a text",
        "{'kind': 'choice', 'loss': 'x', 'input': 'dense', 'dropout': 0} | head.loss: 'x' is not",
        "{'kind': 'multi-label', 'labels': 0, 'input': 'dense', 'dropout': 0} | labels: 0",
        "{'kind': 'candidates', 'length': 'x'} | head.length: 'x' is not one of mean, sum",
        "{'kind': 'vocabulary', 'candidates': 3} | head.candidates: 3 is not a list of whole",
        "{'kind': 'vocabulary', 'candidates': [3, -1]} | candidates: -1 is no token",
        "{'kind': 'verbalizer', 'words': 3, 'calibrated': true} | head.words: 3 is not a list",
        "{'kind': 'verbalizer', 'words': [3], 'calibrated': true} | head.words[0]: 3 is not a list",
        "{'kind': 'verbalizer', 'words': [[3], ['x']], 'calibrated': true} | head.words[1][0]: 'x'",
        "{'kind': 'verbalizer', 'words': [[3]], 'calibrated': true} | words: 1 labels",
        "{'kind': 'verbalizer', 'words': [[3], []], 'calibrated': true} | words: label 1 has no",
        "{'kind': 'verbalizer', 'words': [[3], [3]], 'calibrated': true} | words: labels 0 and 1",
        "{'kind': 'verbalizer', 'words': [[3], [4]], 'calibrated': 1} | head.calibrated: 1 is not"
      })
  void whatIsWrongIsNamed(String json, String message) {
    assertThatThrownBy(() -> Heads.standard().read(map(json.replace('\'', '"'))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message.strip());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void aSettingOfNoHeadIsRefused(HeadSpec spec) {
    Map<String, Object> settings = new HashMap<>(spec.settings());
    settings.put("extra", 1);
    assertThatThrownBy(() -> Heads.standard().read(settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("head.extra: not a setting of a head of kind '" + spec.kind());
  }

  @Test
  void theSettingsThatThereAreAreNamed() {
    assertThatThrownBy(() -> Heads.standard().read(Map.of("kind", "span", "labels", 2)))
        .hasMessage("head.labels: not a setting of a head of kind 'span'; it has none");
    assertThatThrownBy(() -> Heads.standard().read(Map.of("kind", "token", "input", "dense")))
        .hasMessage("head.input: not a setting of a head of kind 'token'; it has labels, dropout");
  }

  @Test
  void wholeNumbersMayBeLongerThanTheyNeed() {
    Map<String, Object> settings = new HashMap<>(new TokenHeadSpec(3, 0).settings());
    settings.put("labels", BigInteger.valueOf(3));
    assertThat(Heads.standard().read(settings)).isEqualTo(new TokenHeadSpec(3, 0));
    settings.put("labels", BigInteger.ONE.shiftLeft(32).add(BigInteger.valueOf(3)));
    assertThatThrownBy(() -> Heads.standard().read(settings))
        .hasMessage("head.labels: 4294967299 is not a whole number");
  }

  @Test
  void everyFormChecksItsOwnRanges() {
    assertThatThrownBy(() -> LinearHeadSpec.sequence(1, SequenceInput.POOLER, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("labels: 1; a classifier needs at least two different labels");
    assertThatThrownBy(() -> LinearHeadSpec.multiLabel(0, SequenceInput.POOLER, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("labels: 0; a classifier needs at least one label");
    assertThatThrownBy(() -> new LinearHeadSpec(LinearLoss.NUMBER, 2, SequenceInput.POOLER, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("outputs: 2; a head of kind 'regression' has 1 for each row");
    for (double dropout : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> LinearHeadSpec.regression(SequenceInput.POOLER, dropout))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("head dropout: " + dropout + " must lie in [0, 1)");
    }
    assertThatThrownBy(() -> new VerbalizerHeadSpec(List.of(List.of(1), List.of(2, -3)), false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("words of label 1: -3 is no token");
  }

  @Test
  void whatIsReadIsParsedOrChosenByTheCheckpoint() {
    for (SequenceInput input : SequenceInput.values()) {
      assertThat(SequenceInput.parse(input.label())).isEqualTo(input);
      assertThat(new HeadOptions(BARE, Optional.of(input), 0).inputOrDefault()).isEqualTo(input);
    }
    assertThatThrownBy(() -> SequenceInput.parse("cls"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "head: 'cls' is not one of pooler, first-token, last-token, mean, dense,"
                + " dense-gelu, dense-relu");
    assertThat(new HeadOptions(FULL, Optional.empty(), 0).inputOrDefault())
        .isEqualTo(SequenceInput.POOLER);
    assertThat(new HeadOptions(BARE, Optional.empty(), 0).inputOrDefault())
        .isEqualTo(SequenceInput.FIRST_TOKEN);
    assertThat(SequenceInput.byDefault(pooledByMean(false))).isEqualTo(SequenceInput.MEAN);
    assertThat(SequenceInput.byDefault(pooledByMean(true))).isEqualTo(SequenceInput.POOLER);
  }

  /** A model whose configuration asks for the mean. */
  private static BackboneSpec pooledByMean(boolean pooler) {
    return new BackboneSpec(
        "fake",
        1,
        4,
        1,
        1,
        4,
        4,
        32,
        7,
        2,
        pooler,
        true,
        Direction.BIDIRECTIONAL,
        DropoutRates.of(0, 0),
        Pooling.MEAN);
  }

  @Test
  void onlyHeadsOverWordsUseTheLanguageModel() {
    Set<String> overWords = Set.of("verbalizer", "candidates", "vocabulary", "language-model");
    specs()
        .forEach(
            spec ->
                assertThat(spec.usesLanguageModel())
                    .as(spec.kind())
                    .isEqualTo(overWords.contains(spec.kind())));
  }

  @Test
  void theInstalledKindsHoldTheStandardOnes() {
    assertThat(Heads.installed().kinds()).containsAll(Heads.standard().kinds());
  }

  @Test
  void aKindMayBeAdded() {
    HeadSpec own = new TokenHeadSpec(5, 0);
    Heads heads = Heads.standard().with("mine", settings -> own);
    assertThat(heads.read(Map.of("kind", "mine"))).isSameAs(own);
    assertThat(Heads.standard().kinds()).doesNotContain("mine");
  }

  @Test
  void aMissingPoolerIsNamed() {
    for (HeadSpec spec :
        List.of(
            LinearHeadSpec.sequence(2, SequenceInput.POOLER, 0),
            LinearHeadSpec.regression(SequenceInput.POOLER, 0),
            LinearHeadSpec.multiLabel(2, SequenceInput.POOLER, 0),
            LinearHeadSpec.choice(SequenceInput.POOLER, 0))) {
      assertThatThrownBy(() -> spec.requireFit(BARE, "X"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "head: pooler is asked for, but X has no pooler; use first-token, mean or dense");
    }
    LinearHeadSpec.sequence(2, SequenceInput.FIRST_TOKEN, 0).requireFit(BARE, "X");
    LinearHeadSpec.sequence(2, SequenceInput.DENSE, 0).requireFit(BARE, "X");
  }

  @Test
  void aMissingLanguageModelIsNamed() {
    for (HeadSpec spec :
        List.of(
            new VerbalizerHeadSpec(List.of(List.of(1), List.of(2)), false),
            new CandidateHeadSpec(Length.MEAN),
            new VocabularyHeadSpec(List.of()))) {
      assertThatThrownBy(() -> spec.requireFit(BARE, "X"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(
              "X has no language-model head that fits it; take another model, or a linear head");
    }
  }

  @Test
  void wordsOfAnotherModelAreNamed() {
    for (HeadSpec spec :
        List.of(
            new VerbalizerHeadSpec(List.of(List.of(1), List.of(7)), false),
            new VocabularyHeadSpec(List.of(7)))) {
      assertThatThrownBy(() -> spec.requireFit(FULL, "X"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("token 7 is asked for, but X has tokens 0 to 6 only");
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void aCompleteBackboneFitsAll(HeadSpec spec) {
    boolean readsLast =
        spec instanceof LinearHeadSpec linear && linear.input() == SequenceInput.LAST_TOKEN;
    boolean writes = spec.equals(new LanguageModelHeadSpec());
    BackboneSpec full = readsLast || writes ? causal(FULL) : FULL;
    assertThatCode(() -> spec.requireFit(full, "X")).doesNotThrowAnyException();
  }

  @Test
  void onlyDecodersWriteTexts() {
    assertThatThrownBy(() -> new LanguageModelHeadSpec().requireFit(FULL, "X"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("X is a 'fake'");
  }

  /** The same sizes in a decoder. */
  private static BackboneSpec causal(BackboneSpec spec) {
    return new BackboneSpec(
        spec.modelType(),
        spec.layers(),
        spec.hidden(),
        spec.heads(),
        spec.keyValueHeads(),
        spec.headSize(),
        spec.embeddingWidth(),
        spec.maxPositions(),
        spec.vocabulary(),
        spec.typeVocabulary(),
        false,
        spec.hasLanguageModel(),
        Direction.CAUSAL,
        spec.dropout());
  }

  @Test
  void aTokenThatSawNothingOfTheTextIsRefused() {
    assertThatThrownBy(
            () ->
                LinearHeadSpec.sequence(2, SequenceInput.FIRST_TOKEN, 0)
                    .requireFit(causal(FULL), "X"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "head: first-token is asked for, but X reads texts at the last token, which stands for"
                + " all of them; use last-token, mean or dense");
    assertThatThrownBy(
            () -> LinearHeadSpec.regression(SequenceInput.LAST_TOKEN, 0).requireFit(BARE, "X"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reads texts at the first token");
    assertThat(SequenceInput.byDefault(causal(FULL))).isEqualTo(SequenceInput.LAST_TOKEN);
    assertThat(SequenceInput.byDefault(BARE)).isEqualTo(SequenceInput.FIRST_TOKEN);
  }

  private static Map<String, Object> map(String json) throws JsonProcessingException {
    return new HashMap<>(JSON.readValue(json, new TypeReference<Map<String, Object>>() {}));
  }
}
