package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.generate.CachedNextTokens;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Scope;

/**
 * Texts that are continued together. What all of them begin with, such as a system text and a
 * prompt's soft tokens, is computed once.
 *
 * @param texts of one backbone
 */
record WritingBatch(List<Writing> texts) {

  /** A common beginning that is shorter is computed in each row: a pass more would cost as much. */
  static final int SHORTEST = 32;

  /**
   * Texts sorted by what they begin with.
   *
   * @return the numbers of those that share prompt and beginning, and of all others together
   */
  static List<List<Integer>> groups(List<Writing> texts) {
    Map<Object, List<Integer>> alike = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      alike.computeIfAbsent(key(texts.get(i)), key -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (List<Integer> group : alike.values()) {
      boolean share = group.size() > 1 && new WritingBatch(at(texts, group)).common() > 0;
      if (share) {
        groups.add(group);
      } else {
        others.addAll(group);
      }
    }
    if (!others.isEmpty()) {
      groups.add(others);
    }
    return groups;
  }

  private static List<Writing> at(List<Writing> texts, List<Integer> numbers) {
    return numbers.stream().map(texts::get).toList();
  }

  /** Texts that have it in common may share a beginning. */
  private record Key(int prompt, List<Integer> first) {}

  private static Object key(Writing text) {
    int needed = Math.max(0, SHORTEST - text.row().softTokens());
    List<Integer> first = Arrays.stream(words(text.row())).limit(needed).boxed().toList();
    return new Key(text.prompt().map(System::identityHashCode).orElse(0), first);
  }

  /**
   * How many tokens all have in common; 0 where they are too few, the prompts differ, or what a
   * text begins with depends on how long it is.
   */
  int common() {
    TokenRow first = texts.get(0).row();
    int length = first.length() - 1; // of every text one token at least follows
    for (Writing text : texts) {
      boolean counted = text.row().filling().isEmpty() && text.row().target().isEmpty();
      if (!counted || !hasPrompt(text, texts.get(0)) || !text.isSteady()) {
        return 0;
      }
      length = Math.min(length, Math.min(first.alike(text.row()), text.row().length() - 1));
    }
    return length >= SHORTEST && length >= first.softTokens() ? length : 0;
  }

  private static boolean hasPrompt(Writing one, Writing other) {
    TrainedPrompt own = one.prompt().orElse(null);
    return own == other.prompt().orElse(null);
  }

  /** Reads the texts. */
  CachedNextTokens read(Backbone backbone, int padId) {
    int common = texts.size() > 1 ? common() : 0;
    return Autograd.inference(
        () ->
            Scope.run(
                () ->
                    common > 0 ? afterBeginning(backbone, padId, common) : whole(backbone, padId)));
  }

  private CachedNextTokens whole(Backbone backbone, int padId) {
    return read(backbone, texts, texts.stream().map(Writing::row).toList(), padId);
  }

  private CachedNextTokens afterBeginning(Backbone backbone, int padId, int common) {
    CachedNextTokens model =
        read(backbone, texts.subList(0, 1), List.of(texts.get(0).row().beginning(common)), padId);
    try {
      model.advance(
          texts.stream()
              .map(text -> Arrays.copyOfRange(text.row().ids(), common, text.row().length()))
              .toList(),
          padId);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static CachedNextTokens read(
      Backbone backbone, List<Writing> texts, List<TokenRow> rows, int padId) {
    TokenBatch tokens = TokenBatch.of(rows, padId);
    Injection injection =
        new MixedPrompts(backbone.spec(), backbone.engine())
            .inject(tokens, texts.stream().map(Writing::prompt).toList());
    return new CachedNextTokens(backbone, tokens, injection);
  }

  /** The words of each text. */
  List<int[]> words() {
    return texts.stream().map(text -> words(text.row())).toList();
  }

  /** Those that are gone on from: of a row with a target, the target's. */
  private static int[] words(TokenRow row) {
    return IntStream.of(row.words())
        .filter(at -> at >= row.target().orElse(0))
        .map(at -> row.ids()[at])
        .toArray();
  }
}
