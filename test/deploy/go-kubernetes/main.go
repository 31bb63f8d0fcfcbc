// Reads objects for a cluster on stdin, as Kubernetes itself does: no field that it does not know. Says of each what Pod Security's
// restricted and baseline levels have against its pods, one JSON object a line.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type report struct {
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	Restricted []string `json:"restricted"`
	Baseline   []string `json:"baseline"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return err
	}
	strict := jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
		jsonserializer.SerializerOptions{Yaml: true, Strict: true})
	documents := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(strings.TrimPrefix(string(document), "---")) == "" {
			continue
		}
		object, kind, err := strict.Decode(document, nil, nil)
		if err != nil {
			return fmt.Errorf("%w in\n%s", err, document)
		}
		said := report{Kind: kind.Kind, Name: object.(metav1.Object).GetName(), Restricted: []string{}, Baseline: []string{}}
		var pod *corev1.PodTemplateSpec
		switch typed := object.(type) {
		case *appsv1.StatefulSet:
			pod = &typed.Spec.Template
		case *appsv1.DaemonSet:
			pod = &typed.Spec.Template
		}
		if pod != nil {
			said.Restricted = against(evaluator, api.LevelRestricted, pod)
			said.Baseline = against(evaluator, api.LevelBaseline, pod)
		}
		if err := out.Encode(said); err != nil {
			return err
		}
	}
}

func against(evaluator policy.Evaluator, level api.Level, pod *corev1.PodTemplateSpec) []string {
	said := []string{}
	results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)
	for _, result := range results {
		if !result.Allowed {
			said = append(said, result.ForbiddenReason)
		}
	}
	return said
}
