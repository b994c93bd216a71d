package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.train.batching.Batching.TokenBudget;

/**
 * Scores requests in batches of similar length, whatever their tasks: each row carries its own
 * prompt and is read by its own head.
 *
 * @param engine where the backbones compute
 * @param padding the id that fills shorter rows
 * @param batches is told of each batch
 */
record RequestScorer(Engine engine, int padding, BatchListener batches) {

  /** Tokens of one batch. */
  private static final TokenBudget BATCH = new TokenBudget(4096);

  /**
   * One item of one request, on its way through a batch.
   *
   * @param text the same for the same texts at the same positions, mostly another for others
   */
  private record Job(ReadRequest request, int index, int text) {

    static Job of(ReadRequest request, int index) {
      List<TokenRow> rows = request.items().get(index).rows();
      int text = rows.stream().mapToInt(row -> Arrays.hashCode(row.ids())).sum();
      return new Job(request, index, 31 * text + request.owner().positionShift());
    }

    Item item() {
      return request.items().get(index);
    }

    ServedTask owner() {
      return request.owner();
    }

    /** Whether there are layers that its task's prompts leave as they are. */
    boolean canShare() {
      return owner().untouchedLayers(1) > 0;
    }

    /** How many rows it has, with those of each prompt. */
    int rows() {
      return item().rows().size() * owner().members().size();
    }
  }

  /** Scores every item of every request. */
  void score(Collection<ReadRequest> all) {
    IdentityHashMap<Backbone, List<Job>> jobs = new IdentityHashMap<>();
    for (ReadRequest request : all) {
      for (int i = 0; i < request.items().size(); i++) {
        jobs.computeIfAbsent(request.owner().backbone(), key -> new ArrayList<>())
            .add(Job.of(request, i));
      }
    }
    jobs.forEach(this::score);
  }

  /**
   * Texts that several tasks ask come side by side into batches of their own, so that no other
   * prompt keeps them from sharing layers.
   */
  private void score(Backbone backbone, List<Job> jobs) {
    Map<Integer, Long> asked =
        jobs.stream()
            .filter(Job::canShare)
            .collect(Collectors.groupingBy(Job::text, Collectors.counting()));
    Map<Boolean, List<Job>> shared =
        jobs.stream()
            .sorted(Comparator.comparingInt(Job::text))
            .collect(
                Collectors.partitioningBy(
                    job -> job.canShare() && asked.getOrDefault(job.text(), 0L) > 1));
    shared.values().forEach(part -> scorePart(backbone, part));
  }

  private void scorePart(Backbone backbone, List<Job> jobs) {
    SimilarLengths.groups(jobs, job -> job.item().longest())
        .forEach(alike -> scoreAlike(backbone, alike));
  }

  private void scoreAlike(Backbone backbone, List<Job> jobs) {
    int[] longest = jobs.stream().mapToInt(job -> job.item().longest()).toArray();
    int[] rows = jobs.stream().mapToInt(Job::rows).toArray();
    for (int[] batch : BATCH.planSequential(longest, rows)) {
      scoreOrFail(backbone, Arrays.stream(batch).mapToObj(jobs::get).toList());
    }
  }

  /** A batch; where it fails, its halves, down to the item that is to blame. */
  private void scoreOrFail(Backbone backbone, List<Job> jobs) {
    try {
      Autograd.inference(
          () ->
              Scope.run(
                  () -> {
                    scoreBatch(backbone, jobs);
                    return null;
                  }));
    } catch (RuntimeException e) {
      if (jobs.size() == 1) {
        jobs.get(0).request().fail(Problem.REFUSED, e);
      } else {
        int half = jobs.size() / 2;
        scoreOrFail(backbone, jobs.subList(0, half));
        scoreOrFail(backbone, jobs.subList(half, jobs.size()));
      }
    }
  }

  /**
   * What of a batch one prompt's head reads.
   *
   * @param task the prompt's task
   * @param jobs whose items it reads
   * @param rows of those items, in the batch
   */
  private record Part(ServedTask task, List<Job> jobs, List<Long> rows) {}

  /** One batch, whose items may belong to different tasks. */
  private void scoreBatch(Backbone backbone, List<Job> jobs) {
    List<TokenRow> rows = new ArrayList<>();
    List<Optional<TrainedPrompt>> prompts = new ArrayList<>();
    Map<ServedMember, Part> parts = new LinkedHashMap<>();
    for (Job job : jobs) {
      for (ServedMember member : job.owner().members()) {
        Part part =
            parts.computeIfAbsent(
                member, key -> new Part(job.owner(), new ArrayList<>(), new ArrayList<>()));
        part.jobs().add(job);
        for (TokenRow row : job.item().rows()) {
          part.rows().add((long) rows.size());
          rows.add(row);
          prompts.add(member.prompt());
        }
      }
    }
    TokenBatch tokens = TokenBatch.of(rows, padding);
    Injection injection = new MixedPrompts(backbone.spec(), engine).inject(tokens, prompts);
    boolean all = parts.keySet().stream().anyMatch(each -> each.head().reads() == Positions.ALL);
    Tensor states =
        FanOut.of(backbone, rows, prompts)
            .states(backbone, tokens, injection, all ? Positions.ALL : Positions.ANCHOR, padding);
    Map<Job, MeanScores> scores = new LinkedHashMap<>();
    parts.forEach(
        (member, part) -> {
          List<float[]> each = score(member.head(), part, states);
          for (int i = 0; i < each.size(); i++) {
            scores.computeIfAbsent(part.jobs().get(i), key -> new MeanScores()).add(each.get(i));
          }
        });
    scores.forEach((job, mean) -> job.request().score(job.index(), mean.values()));
    long used = rows.stream().mapToLong(TokenRow::length).sum();
    batches.computed(rows.size(), used, (long) rows.size() * tokens.columns());
  }

  /** A head's scores for its items of a batch. */
  private List<float[]> score(Head head, Part part, Tensor states) {
    long[] index = part.rows().stream().mapToLong(Long::longValue).toArray();
    Tensor own = states.index_select(0, engine.place(Tensors.of(index, index.length), Dtype.I64));
    List<Item> items = part.jobs().stream().map(Job::item).toList();
    Tensor scores = head.scores(new HeadInput(part.task().backbone(), own, items, Dropout.off()));
    return head.split(scores, items);
  }
}
