package org.ptuning4j.spark.training;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.run.TrainingListener;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * One task of the barrier stage: a worker of the run. The first one takes up the state that the
 * shared folder has, gives it to the others, and keeps it there as the run goes on.
 */
final class TrainingWorker extends AbstractFunction1<Iterator<Integer>, Iterator<WorkerOutcome>>
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private final RunPlan plan;
  private final Broadcast<FileBundle> data;
  private final Broadcast<SerializableConfiguration> configuration;
  private final String out;
  private final String token;
  private final Duration patience;
  private final WorkerFault fault;

  /**
   * A worker of a run.
   *
   * @param data {@link TrainingStage#TRAIN} and {@link TrainingStage#DEV}
   * @param out the shared folder
   * @param token a file that the driver has put there
   * @param patience how long workers wait for each other
   * @param fault what goes wrong on purpose, in tests
   */
  TrainingWorker(
      RunPlan plan,
      Broadcast<FileBundle> data,
      Broadcast<SerializableConfiguration> configuration,
      String out,
      String token,
      Duration patience,
      WorkerFault fault) {
    this.plan = plan;
    this.data = data;
    this.configuration = configuration;
    this.out = out;
    this.token = token;
    this.patience = patience;
    this.fault = fault;
  }

  @Override
  public Iterator<WorkerOutcome> apply(Iterator<Integer> partition) {
    BarrierTaskContext task = BarrierTaskContext.get();
    return CollectionConverters.asScala(
        HangGuard.guarded(task, patience, () -> outcomes(task)).iterator());
  }

  private List<WorkerOutcome> outcomes(BarrierTaskContext task) {
    SharedFolder shared = SharedFolder.at(out, configuration.value().value());
    Torch.useThreads(task.cpus());
    Path local = temporary();
    try (Meeting meeting = Meeting.of(task, patience, problem(shared, task))) {
      return meeting.problem().isPresent()
          ? refused(meeting.problem().get())
          : train(task, meeting.join(), shared, local);
    } catch (InvalidInputException e) {
      return refused(String.valueOf(e.getMessage()));
    } finally {
      delete(local);
    }
  }

  private static List<WorkerOutcome> refused(String cause) {
    return List.of(new WorkerOutcome.Refused(cause));
  }

  /** What this machine lacks. */
  private Optional<String> problem(SharedFolder shared, BarrierTaskContext task) {
    if (shared.read(token).isEmpty()) {
      return Optional.of(
          ("out: %s is not the same folder at %s as at the driver; it has to be on storage that"
                  + " all machines share, such as hdfs:, s3a: or a network folder")
              .formatted(shared, Meeting.host(task)));
    }
    if (!Files.isDirectory(Path.of(plan.model()))) {
      return Optional.of(
          ("model: there is no folder %s at %s; it has to be there on every machine, or on storage"
                  + " that all share")
              .formatted(plan.model(), Meeting.host(task)));
    }
    return Optional.empty();
  }

  private List<WorkerOutcome> train(
      BarrierTaskContext task, GradientExchange exchange, SharedFolder shared, Path local) {
    FileBundle kept = exchange.isFirst() ? RunMirror.state(shared) : FileBundle.EMPTY;
    FileBundle state = FileBundle.read(exchange.gather(kept.bytes()).get(0));
    Path run = local.resolve("run");
    state.writeTo(run);
    data.value().writeTo(local);
    TrainingData files =
        new TrainingData(
            local.resolve(TrainingStage.TRAIN), local.resolve(TrainingStage.DEV), plan.badRows());
    Training training =
        new Training(Path.of(plan.model()), plan.chosenTask(), plan.config()).within(exchange);
    RunMirror mirror = new RunMirror(run, shared);
    TrainingListener listener = listener(task, exchange.isFirst(), mirror);
    if (state.isEmpty()) {
      training.run(files, run, listener);
    } else {
      training.resume(files, run, listener);
    }
    if (!exchange.isFirst()) {
      return List.of();
    }
    mirror.finish();
    TrainedPack pack =
        new TrainedPack(FileBundle.of(run.resolve("pack")), text(run.resolve("result.json")));
    return List.of(new WorkerOutcome.Trained(pack));
  }

  private TrainingListener listener(BarrierTaskContext task, boolean first, RunMirror mirror) {
    return new TrainingListener() {
      @Override
      public void stepped(Step step) {
        if (task.isInterrupted()) {
          throw new TaskKilledException("the stage has ended");
        }
        fault.after(step.step(), task);
      }

      @Override
      public void saved(int step) {
        if (first) {
          mirror.copy();
        }
      }
    };
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("ptuning4j-worker");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for temporary files can be made", e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be deleted", e);
    }
  }
}
