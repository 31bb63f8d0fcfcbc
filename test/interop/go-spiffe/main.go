// A process with go-spiffe: gets its identity from the Workload API that the environment names, serves mTLS, calls a peer over
// mTLS until its input ends, and tells what happened in one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/jwtbundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func say(value map[string]any) {
	check(json.NewEncoder(os.Stdout).Encode(value))
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	peerURL, peerID := os.Args[1], spiffeid.RequireFromString(os.Args[2])

	source, err := workloadapi.NewX509Source(ctx)
	check(err)
	svid, err := source.GetX509SVID()
	check(err)
	x509Bundles, err := workloadapi.FetchX509Bundles(ctx)
	check(err)
	if !x509Bundles.Has(svid.ID.TrustDomain()) {
		check(fmt.Errorf("no X.509 bundle of %s", svid.ID.TrustDomain()))
	}
	jwt, err := workloadapi.FetchJWTSVID(ctx, jwtsvid.Params{Audience: "erp"})
	check(err)
	valid, err := workloadapi.ValidateJWTSVID(ctx, jwt.Marshal(), "erp")
	check(err)
	bundles, err := workloadapi.FetchJWTBundles(ctx)
	check(err)
	own, ok := bundles.Get(svid.ID.TrustDomain())
	if !ok {
		check(fmt.Errorf("no JWT bundle of %s", svid.ID.TrustDomain()))
	}
	_, err = jwtsvid.ParseAndValidate(jwt.Marshal(), jwtbundle.NewSet(own), []string{"erp"})
	check(err)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := &http.Server{
		TLSConfig: tlsconfig.MTLSServerConfig(source, source, tlsconfig.AuthorizeID(peerID)),
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") }),
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	say(map[string]any{
		"spiffeId": svid.ID.String(), "jwtSubject": jwt.ID.String(), "jwtValidated": valid.ID.String(),
		"bundle": own.TrustDomain().Name(), "address": listener.Addr().String(),
	})

	var stop atomic.Bool
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop.Store(true)
	}()
	config := tlsconfig.MTLSClientConfig(source, source, tlsconfig.AuthorizeID(peerID))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	requests, failed := 0, 0
	serials := map[string]bool{}
	for !stop.Load() {
		if current, err := source.GetX509SVID(); err == nil {
			serials[current.Certificates[0].SerialNumber.Text(16)] = true
		}
		response, err := client.Get(peerURL)
		requests++
		if err != nil {
			failed++
			fmt.Fprintln(os.Stderr, err)
		} else {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != 200 {
				failed++
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	say(map[string]any{"requests": requests, "failed": failed, "serials": len(serials)})
}
